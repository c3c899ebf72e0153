/** A device that signs, and entries as arbitrary values: for the tests of whatever carries entries. */
import fc from "fast-check";

import { signKeyPairOf, type SignKeyPair } from "../../../crypto/sign.ts";
import { type Dep, type Draft, type Entry, signEntry } from "../../../sync/entry/entry.ts";

export const filled = (length: number, byte: number): Uint8Array =>
  new Uint8Array(length).fill(byte);

/** Needs libsodium: call it after `ready`. */
export const signer = (byte = 7): SignKeyPair => signKeyPairOf(filled(32, byte));

/** Entry 1 of a log that names nothing. */
export const FIRST: Draft = {
  channel: filled(16, 1),
  log: filled(16, 2),
  seq: 1,
  prev: null,
  hlc: 1_795_262_400_000 * 2_048,
  kind: 1,
  deps: [],
  auth: [],
  floor: 0,
  expire: null,
};

export const SECOND: Draft = {
  ...FIRST,
  seq: 2,
  prev: filled(32, 3),
  hlc: FIRST.hlc + 1,
  deps: [{ tag: filled(4, 4), seq: 9, hash8: filled(8, 5) }],
  floor: FIRST.hlc,
};

const bytes = (length: number): fc.Arbitrary<Uint8Array> =>
  fc.uint8Array({ minLength: length, maxLength: length });
const uint = (min: number, max = Number.MAX_SAFE_INTEGER): fc.Arbitrary<number> =>
  fc.integer({ min, max });

const deps: fc.Arbitrary<Dep> = fc.record({
  tag: bytes(4),
  seq: uint(1, 2 ** 32 - 1),
  hash8: bytes(8),
});

const drafts: fc.Arbitrary<Draft> = fc
  .record({
    channel: bytes(16),
    log: bytes(16),
    seq: fc.oneof(fc.constant(1), uint(2, 2 ** 32 - 1)),
    prev: bytes(32),
    hlc: uint(1),
    kind: uint(0, 0xffff),
    deps: fc.array(deps, { maxLength: 4 }),
    auth: fc.array(bytes(16), { maxLength: 4 }),
    floor: uint(1),
    expire: fc.option(uint(0)),
  })
  .map((draft) => ({
    ...draft,
    prev: draft.seq === 1 ? null : draft.prev,
    floor: draft.seq === 1 && draft.deps.length === 0 ? 0 : draft.floor,
  }));

export const entries: fc.Arbitrary<Entry> = fc
  .tuple(drafts, fc.uint8Array({ maxLength: 300 }), bytes(16), fc.boolean())
  .map(([draft, body, salt, isDeleted]) => {
    const { entry } = signEntry(draft, body, salt, signer().secretKey);
    return isDeleted ? { ...entry, salt: null, body: null } : entry;
  });
