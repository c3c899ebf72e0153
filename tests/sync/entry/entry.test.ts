import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";

import { Bug } from "../../../crypto/base/assert.ts";
import { utf8 } from "../../../crypto/base/bytes.ts";
import { toHex } from "../../../crypto/base/hex.ts";
import { ready } from "../../../crypto/base/sodium.ts";
import { hash16, hash32 } from "../../../crypto/public/hash.ts";
import { type CborValue, decodeCbor, encodeCbor } from "../../../sync/cbor.ts";
import {
  type Core,
  decodeEntry,
  depOf,
  type Draft,
  encodeEntry,
  type Entry,
  entryIdOf,
  logIdOf,
  signEntry,
  verifyEntry,
  withoutBody,
} from "../../../sync/entry/entry.ts";
import { ENTRY_BYTES_MAX } from "../../../sync/wire/limits.ts";
import { decoderContract } from "../decoder.contract.ts";
import { entries, filled, FIRST, SECOND, signer } from "./signed-entry.ts";

beforeAll(() => ready);

decoderContract<Entry, Entry>("entry", {
  values: entries,
  encode: encodeEntry,
  decode: decodeEntry,
});

const salt = filled(16, 6);
const sign = (draft: Draft, body = utf8("hello")): ReturnType<typeof signEntry> =>
  signEntry(draft, body, salt, signer().secretKey);

/** The entry of a Core whose fields, by position, are altered as if its author had signed that. */
function forged(fields: Readonly<Record<number, CborValue>>, draft: Draft = SECOND): Uint8Array {
  const core = decodeCbor(sign(draft).entry.coreBytes);
  if (!core.ok || !Array.isArray(core.value)) throw new Error("a core is an array");
  const altered = core.value.map((field: CborValue, i) => fields[i] ?? field);
  return encodeCbor([encodeCbor(altered), filled(64, 1), salt, utf8("hello")]);
}
const errorOf = (bytes: Uint8Array): unknown => {
  const decoded = decodeEntry(bytes);
  return decoded.ok ? "decoded" : decoded.error;
};
const wrongAt = (at: string): unknown => ({ type: "ShapeWrong", at });

test("[EN1] the Core is a positional array in the order of the table", () => {
  const { entry } = sign(SECOND);
  expect(decodeCbor(entry.coreBytes)).toEqual({
    ok: true,
    value: [
      1,
      filled(16, 1),
      filled(16, 2),
      2,
      filled(32, 3),
      FIRST.hlc + 1,
      1,
      [[filled(4, 4), 9, filled(8, 5)]],
      [],
      FIRST.hlc,
      hash32("body", salt, utf8("hello")),
      5,
      null,
    ],
  });
});

test("[EN1] the Core of a first entry is CBOR as one writes it by hand", () => {
  const hlc = BigInt(FIRST.hlc).toString(16).padStart(16, "0");
  const bodyHash = toHex(hash32("body", salt, utf8("hello")));
  const byHand = [
    "8d", // 13 fields
    "01", // version
    `50${"01".repeat(16)}`,
    `50${"02".repeat(16)}`,
    "01", // seq
    "f6", // no prev
    `1b${hlc}`,
    "01", // kind
    "80", // deps
    "80", // auth
    "00", // floor
    `5820${bodyHash}`,
    "05", // bodyLength
    "f6", // no expire
  ];
  expect(toHex(sign(FIRST).entry.coreBytes)).toBe(byHand.join(""));
});

test("[EN2] signing gives the entry and its encoding alike", () => {
  const { bytes, entry } = sign(SECOND);
  expect(decodeEntry(bytes)).toEqual({ ok: true, value: entry });
  expect(encodeEntry(entry)).toEqual(bytes);
});

test("[EN3] prev is missing in entry 1 and in no other", () => {
  expect(() => sign({ ...FIRST, prev: filled(32, 3) })).toThrow(Bug);
  expect(() => sign({ ...SECOND, prev: null })).toThrow(Bug);
  expect(errorOf(forged({ 3: 1 }))).toEqual(wrongAt(""));
});

test("[EN4] the floor is 0 for an entry that names nothing, and for no other", () => {
  expect(() => sign({ ...FIRST, floor: 1 })).toThrow(Bug);
  expect(() => sign({ ...SECOND, floor: 0 })).toThrow(Bug);
  expect(sign({ ...FIRST, deps: SECOND.deps, floor: 1 }).entry.core.floor).toBe(1);
  expect(errorOf(forged({ 9: 0 }))).toEqual(wrongAt(""));
  expect(errorOf(forged({ 9: 1 }, FIRST))).toEqual(wrongAt(""));
});

test("[EN5] four deps are enough for an entry, sixty-four for a roster op", () => {
  const deps = (count: number): Core["deps"] =>
    Array.from({ length: count }, (_, i) => ({ ...SECOND.deps[0]!, seq: i + 1 }));
  expect(decodeEntry(sign({ ...SECOND, deps: deps(4) }).bytes).ok).toBe(true);
  expect(() => sign({ ...SECOND, deps: deps(5) })).toThrow(Bug);
  expect(decodeEntry(sign({ ...SECOND, kind: 16, deps: deps(64) }).bytes).ok).toBe(true);
  expect(() => sign({ ...SECOND, kind: 16, deps: deps(65) })).toThrow(Bug);
});

test.each<[string, number, CborValue, string]>([
  ["a channel of 15 bytes", 1, filled(15, 1), "channel"],
  ["a log of 32 bytes", 2, filled(32, 1), "log"],
  ["seq 0", 3, 0, "seq"],
  ["seq over 2^32 - 1", 3, 2 ** 32, "seq"],
  ["a prev of 16 bytes", 4, filled(16, 1), "prev"],
  ["hlc 0", 5, 0, "hlc"],
  ["a kind over 65,535", 6, 65_536, "kind"],
  ["a dep without a hash", 7, [[filled(4, 1), 1]], "deps.0"],
  ["five roster heads", 8, Array.from({ length: 5 }, () => filled(16, 1)), "auth"],
  ["a negative floor", 9, -1, "floor"],
  ["a bodyHash of 16 bytes", 10, filled(16, 1), "bodyHash"],
  ["a body longer than an entry", 11, ENTRY_BYTES_MAX + 1, "bodyLength"],
  ["an expire in words", 12, "soon", "expire"],
])("[EN6] refuses %s", (_, position, value, at) => {
  expect(errorOf(forged({ [position]: value }))).toEqual(wrongAt(at));
});

test("[EN6] refuses a salt without a body, and a body without a salt", () => {
  const { coreBytes, signature, body } = sign(SECOND).entry;
  expect(errorOf(encodeCbor([coreBytes, signature, salt, null]))).toEqual(wrongAt(""));
  expect(errorOf(encodeCbor([coreBytes, signature, null, body]))).toEqual(wrongAt(""));
  expect(errorOf(encodeCbor([coreBytes, filled(63, 1), salt, body]))).toEqual(wrongAt("signature"));
});

test("[EN6] refuses a Core that is no array, no CBOR, or not the one encoding of itself", () => {
  const around = (core: Uint8Array): Uint8Array => encodeCbor([core, filled(64, 1), null, null]);
  expect(errorOf(around(encodeCbor("core")))).toEqual(wrongAt(""));
  expect(errorOf(around(Uint8Array.of(0xff)))).toEqual({ type: "CborMalformed" });
  expect(errorOf(around(Uint8Array.of(0x62, 0xc3, 0x28)))).toEqual({ type: "CborNotCanonical" });
});

test("[EN6] refuses an entry over its bound, and never makes one", () => {
  const bytes = ENTRY_BYTES_MAX + 1;
  const error = { type: "TooLarge", bytes, limit: ENTRY_BYTES_MAX };
  expect(errorOf(new Uint8Array(bytes))).toEqual(error);
  expect(() => sign(FIRST, new Uint8Array(ENTRY_BYTES_MAX - 10))).toThrow(Bug);
});

test("[EN6] an entry of a later version says so, and is no malformed one", () => {
  expect(errorOf(forged({ 0: 2 }))).toEqual({ type: "EntryVersionUnknown", version: 2 });
  expect(errorOf(forged({ 0: "1" }))).toEqual(wrongAt("version"));
});

test("[EN7] the signature is the device's, over the received Core", () => {
  const { entry } = sign(SECOND);
  expect(verifyEntry(entry, signer().publicKey)).toEqual({ ok: true, value: undefined });
  const wrong = { ok: false, error: { type: "SignatureWrong" } };
  expect(verifyEntry(entry, signer(8).publicKey)).toEqual(wrong);
  expect(verifyEntry(entry, filled(31, 1))).toEqual(wrong);
});

test("[EN7] whatever byte of an entry is altered, somebody notices", () => {
  const { bytes } = sign(SECOND);
  const key = signer().publicKey;
  for (let i = 0; i < bytes.length; i += 1) {
    const altered = bytes.slice();
    altered[i]! ^= 1 << (i % 8);
    const decoded = decodeEntry(altered);
    expect(decoded.ok && verifyEntry(decoded.value, key).ok).toBe(false);
  }
});

test("[EN8] the body is the one that was signed, by its salted hash and its length", () => {
  const { entry } = sign(FIRST, utf8("yes"));
  const key = signer().publicKey;
  const wrong = { ok: false, error: { type: "BodyWrong" } };
  expect(verifyEntry({ ...entry, body: utf8("no!") }, key)).toEqual(wrong);
  expect(verifyEntry({ ...entry, salt: filled(16, 7) }, key)).toEqual(wrong);
  const shorter = forged({ 10: hash32("body", salt, utf8("hello")), 11: 4 }, FIRST);
  const decoded = decodeEntry(shorter);
  expect(decoded.ok && decoded.value.core.bodyLength).toBe(4);
});

test("[EN8] a length that is signed wrong makes a wrong body", () => {
  const { entry } = sign(FIRST);
  const lying = { ...entry, core: { ...entry.core, bodyLength: 4 } };
  expect(verifyEntry(lying, signer().publicKey)).toMatchObject({ error: { type: "BodyWrong" } });
});

test("[EN8] what is left of a deleted entry still verifies, with the same id", () => {
  const { entry } = sign(FIRST);
  const deleted = decodeEntry(encodeEntry(withoutBody(entry)));
  expect(deleted).toEqual({ ok: true, value: { ...entry, salt: null, body: null } });
  expect(verifyEntry(withoutBody(entry), signer().publicKey).ok).toBe(true);
  expect(deleted.ok && entryIdOf(deleted.value.coreBytes)).toEqual(entryIdOf(entry.coreBytes));
});

test("[EN9] ids are labelled hashes: of the Core, and of key, channel and incarnation", () => {
  const { coreBytes } = sign(FIRST).entry;
  expect(entryIdOf(coreBytes)).toEqual(hash32("entry-id", coreBytes));
  const [key, channel, incarnation] = [filled(32, 1), filled(16, 2), filled(16, 3)];
  const log = logIdOf(key, channel, incarnation);
  expect(log).toEqual(hash16("log", key, channel, incarnation));
  expect(logIdOf(key, channel, filled(16, 4))).not.toEqual(log);
  expect(() => logIdOf(key, filled(15, 2), incarnation)).toThrow(Bug);
});

test("[EN9] a dep names an entry by the first bytes of its log and of its id", () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ minLength: 16, maxLength: 16 }),
      fc.uint8Array({ minLength: 32, maxLength: 32 }),
      (log, id) => {
        const dep = { tag: log.slice(0, 4), seq: 3, hash8: id.slice(0, 8) };
        expect(depOf(log, 3, id)).toEqual(dep);
      },
    ),
  );
});
