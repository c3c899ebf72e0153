import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";

import { toHex } from "../../../crypto/base/hex.ts";
import { ready } from "../../../crypto/base/sodium.ts";
import { encodeCbor } from "../../../sync/cbor.ts";
import { HLC_MAX } from "../../../sync/clock/hlc.ts";
import { LATER_FIELDS_MAX } from "../../../sync/entry/bodies.ts";
import { entryIdOf, logIdOf, signEntry, withoutBody } from "../../../sync/entry/entry.ts";
import { HISTORY_POLICIES, ROLES } from "../../../sync/roster/may.ts";
import {
  CUT_LOGS_MAX,
  decodeRosterBody,
  encodeRosterBody,
  GROUP_NAME_BYTES_MAX,
  groupChannelOf,
  HEADS_MAX,
  kindOf,
  type RosterAct,
  type RosterBody,
  rosterOpOf,
  ROSTER_KINDS,
} from "../../../sync/roster/ops.ts";
import { ENTRY_BYTES_MAX } from "../../../sync/wire/limits.ts";
import { decoderContract } from "../decoder.contract.ts";
import { filled, FIRST, SECOND, signer } from "../entry/signed-entry.ts";

beforeAll(() => ready);

const hex = (bytes: number): fc.Arbitrary<string> =>
  fc.uint8Array({ minLength: bytes, maxLength: bytes }).map(toHex);
const heads = fc.uniqueArray(hex(32), { minLength: 1, maxLength: 5 }).map((ids) => ids.toSorted());
const account = hex(32);
const role = fc.constantFrom(...ROLES);
const cut = fc
  .uniqueArray(fc.record({ log: hex(16), seq: fc.integer({ min: 1, max: 2 ** 32 - 1 }) }), {
    selector: ({ log }) => log,
    maxLength: 4,
  })
  .map((logs) => logs.toSorted((a, b) => (a.log < b.log ? -1 : 1)));

const acts: Readonly<Record<keyof typeof ROSTER_KINDS, fc.Arbitrary<RosterAct>>> = {
  create: fc.record({
    type: fc.constant("create" as const),
    account,
    name: fc.string({ unit: "grapheme", minLength: 1, maxLength: 9 }).filter(isPlain),
    policy: fc.constantFrom(...HISTORY_POLICIES),
  }),
  add: fc.record({
    type: fc.constant("add" as const),
    account,
    role,
    floor: fc.integer({ min: 0, max: HLC_MAX }),
    invite: fc.option(hex(16), { nil: null }),
  }),
  remove: fc.record({ type: fc.constant("remove" as const), account, cut }),
  role: fc.record({ type: fc.constant("role" as const), account, role, cut }),
  leave: fc.record({ type: fc.constant("leave" as const), cut }),
};

for (const [name, kind] of Object.entries(ROSTER_KINDS)) {
  decoderContract<RosterBody, RosterBody>(name, {
    values: fc.record({
      heads: kind === ROSTER_KINDS.create ? fc.constant([]) : heads,
      act: acts[name as keyof typeof ROSTER_KINDS],
    }),
    encode: encodeRosterBody,
    decode: (bytes) => decodeRosterBody(kind, bytes),
  });
}

const HEAD = filled(32, 1);
const ACCOUNT = filled(32, 2);
const LOG = filled(16, 3);
const wrongAt = (at: string): unknown => ({ ok: false, error: { type: "ShapeWrong", at } });
const decoded = (kind: number, fields: Parameters<typeof encodeCbor>[0]): unknown =>
  decodeRosterBody(kind, encodeCbor(fields));
const many = (count: number): Uint8Array[] =>
  Array.from({ length: count }, (_, i) => Uint8Array.of(i >>> 8, i & 0xff, ...filled(30, 0)));

test("[RO1] every op but a create names 1 to 64 heads, ascending", () => {
  const { create, leave } = ROSTER_KINDS;
  expect(decoded(create, [[HEAD], ACCOUNT, "Hut", 3])).toEqual(wrongAt("heads"));
  expect(decoded(leave, [[], []])).toEqual(wrongAt("heads"));
  expect(decoded(leave, [many(HEADS_MAX), []])).toMatchObject({ ok: true });
  expect(decoded(leave, [many(HEADS_MAX + 1), []])).toEqual(wrongAt("heads"));
  expect(decoded(leave, [[HEAD, HEAD], []])).toEqual(wrongAt("heads"));
  expect(decoded(leave, [many(2).toReversed(), []])).toEqual(wrongAt("heads"));
  expect(decoded(leave, [[filled(31, 1)], []])).toEqual(wrongAt("heads.0"));
});

test("[RO1] each field keeps its bounds", () => {
  const { create, add, role: setRole } = ROSTER_KINDS;
  const name = (text: string): unknown => decoded(create, [[], ACCOUNT, text, 1]);
  expect(name("é".repeat(GROUP_NAME_BYTES_MAX / 2))).toMatchObject({ ok: true });
  expect(name(`${"é".repeat(GROUP_NAME_BYTES_MAX / 2)}x`)).toEqual(wrongAt("name"));
  expect(name("")).toEqual(wrongAt("name"));
  expect(decoded(create, [[], ACCOUNT, "Hut", 4])).toEqual(wrongAt("policy"));
  expect(decoded(create, [[], filled(16, 2), "Hut", 1])).toEqual(wrongAt("account"));
  expect(decoded(add, [[HEAD], ACCOUNT, 0, 0, null])).toEqual(wrongAt("role"));
  expect(decoded(setRole, [[HEAD], ACCOUNT, 4, []])).toEqual(wrongAt("role"));
  expect(decoded(add, [[HEAD], ACCOUNT, 1, -1, null])).toEqual(wrongAt("floor"));
  expect(decoded(add, [[HEAD], ACCOUNT, 1, 0, LOG.subarray(1)])).toEqual(wrongAt("invite"));
  const error = { type: "TooLarge", bytes: ENTRY_BYTES_MAX + 1, limit: ENTRY_BYTES_MAX };
  expect(decodeRosterBody(add, new Uint8Array(ENTRY_BYTES_MAX + 1))).toEqual({ ok: false, error });
});

test("[RO1] later fields are passed over, and later kinds are ops without effect", () => {
  const later = Array.from({ length: LATER_FIELDS_MAX }, (_, i) => [i]);
  const told = { heads: [toHex(HEAD)], act: { type: "leave", cut: [] } };
  expect(decoded(ROSTER_KINDS.leave, [[HEAD], [], ...later])).toEqual({ ok: true, value: told });
  expect(decoded(ROSTER_KINDS.leave, [[HEAD], [], ...later, 0])).toEqual(wrongAt(""));
  const unknown = { heads: [toHex(HEAD)], act: { type: "unknown", kind: 31 } };
  expect(decoded(31, [[HEAD], "anything"])).toEqual({ ok: true, value: unknown });
  expect(kindOf({ type: "unknown", kind: 31 })).toBe(31);
});

test("[RO3] a cut names logs once, ascending, at most 1,024 of them", () => {
  const cutOf = (logs: readonly Uint8Array[]): unknown =>
    decoded(ROSTER_KINDS.remove, [[HEAD], ACCOUNT, logs.map((log) => [log, 7])]);
  const logs = many(CUT_LOGS_MAX + 1).map((id) => id.slice(0, 16));
  expect(cutOf(logs.slice(1))).toMatchObject({ ok: true });
  expect(cutOf(logs)).toEqual(wrongAt("cut"));
  expect(cutOf([LOG, LOG])).toEqual(wrongAt("cut"));
  expect(decoded(ROSTER_KINDS.remove, [[HEAD], ACCOUNT, [[LOG, 0]]])).toEqual(wrongAt("cut.0.seq"));
});

test("[RO2] a create counts in the channel that it makes, in its author's name", () => {
  const { publicKey: key, secretKey } = signer();
  const [incarnation, salt] = [filled(16, 5), filled(16, 6)];
  const writer = { account: toHex(ACCOUNT), key, incarnation };
  const act: RosterAct = { type: "create", account: toHex(ACCOUNT), name: "Hut", policy: "week" };
  const body = encodeRosterBody({ heads: [], act });
  const draft = { ...SECOND, kind: ROSTER_KINDS.create };
  // The hash of the body needs no channel, so the channel can be made of it.
  const { bodyHash } = signEntry(draft, body, salt, secretKey).entry.core;
  const channel = groupChannelOf(writer, bodyHash);
  const log = logIdOf(key, channel, incarnation);
  const { entry } = signEntry({ ...draft, channel, log }, body, salt, secretKey);
  expect(rosterOpOf(entry, writer)).toEqual({
    ok: true,
    value: {
      id: toHex(entryIdOf(entry.coreBytes)),
      author: writer.account,
      log: toHex(log),
      seq: 2,
      heads: [],
      act,
    },
  });
  const foreign = { ok: false, error: { type: "CreateForeign" } };
  expect(rosterOpOf(entry, { ...writer, account: toHex(filled(32, 9)) })).toEqual(foreign);
  expect(rosterOpOf(entry, { ...writer, incarnation: filled(16, 9) })).toEqual(foreign);
  expect(rosterOpOf(entry, { ...writer, key: signer(9).publicKey })).toEqual(foreign);
  const elsewhere = signEntry({ ...draft, log }, body, salt, secretKey).entry;
  expect(rosterOpOf(elsewhere, writer)).toEqual(foreign);
});

test("[RO4] an op without its body, or with one that cannot be read, is refused", () => {
  const { publicKey: key, secretKey } = signer();
  const writer = { account: toHex(ACCOUNT), key, incarnation: filled(16, 5) };
  const draft = { ...FIRST, kind: ROSTER_KINDS.leave };
  const body = encodeRosterBody({ heads: [toHex(HEAD)], act: { type: "leave", cut: [] } });
  const { entry } = signEntry(draft, body, filled(16, 6), secretKey);
  expect(rosterOpOf(entry, writer).ok).toBe(true);
  const gone = { ok: false, error: { type: "BodyGone" } };
  expect(rosterOpOf(withoutBody(entry), writer)).toEqual(gone);
  const torn = signEntry(draft, body.subarray(1), filled(16, 6), secretKey).entry;
  expect(rosterOpOf(torn, writer).ok).toBe(false);
});

function isPlain(text: string): boolean {
  return !text.startsWith("\uFEFF");
}
