import { beforeAll, expect, test } from "vitest";

import { toHex } from "../../../crypto/base/hex.ts";
import { ready } from "../../../crypto/base/sodium.ts";
import { revocationFactOf } from "../../../crypto/identity/facts.ts";
import { encodeRevocation } from "../../../crypto/identity/revocation.ts";
import { signKeyPairOf } from "../../../crypto/sign.ts";
import {
  closingOf,
  type End,
  endsAmong,
  endsRow,
  isPutOut,
  isStoodBy,
  putOutAtMs,
  settledFrom,
} from "../../../sync/devices/closed.ts";
import { encodeBody } from "../../../sync/entry/bodies.ts";
import { signEntry } from "../../../sync/entry/entry.ts";
import { KINDS } from "../../../sync/entry/kinds.ts";
import { KNOWN_NOTHING } from "../../../sync/log/known.ts";
import { tieOf } from "../../../sync/log/order.ts";
import { openMemoryStore } from "../../../sync/store/memory-store.ts";
import type { ContactRow, EntryRow, TableName } from "../../../sync/store/rows.ts";
import type { Store } from "../../../sync/store/store.ts";
import { CLOSING_TARGET } from "../../../sync/thread/said.ts";
import { contact } from "../../app/db/rows.ts";

beforeAll(() => ready);

const TABLES: readonly TableName[] = ["contacts", "logs", "entries", "meta", "forks"];
const bytes = (fill: number, length = 16): Uint8Array => new Uint8Array(length).fill(fill);
const ACCOUNT = toHex(bytes(9, 32));
const CHANNEL = 1;
const key = (): Uint8Array => signKeyPairOf(bytes(7, 32)).secretKey;
/** Devices and their logs are named by a number. */
const idOf = (device: number): string => toHex(bytes(device));

/** `by`: null is the account key. */
const revocation = (device: number, by: number | null, atMs = 1): Uint8Array =>
  revocationFactOf(
    encodeRevocation(
      {
        accountKey: bytes(1, 32),
        device: bytes(device),
        issuer: by === null ? null : bytes(by),
        atMs,
        staying: [],
      },
      key(),
    ),
  );

type Closing = {
  readonly by: number;
  readonly s: number;
  readonly of: number;
  readonly seq: number;
  /** Byte that the id of the last entry is made of. */
  readonly hash?: number;
};

/** Three devices, 1 to 3, whose logs have the same numbers. */
async function storeWith(row: Partial<ContactRow>, closings: readonly Closing[]): Promise<Store> {
  const store = openMemoryStore();
  await store.write(TABLES, async (tx) => {
    await tx.put("contacts", contact(ACCOUNT, row));
    for (const device of [1, 2, 3]) {
      await tx.put("logs", {
        a: device,
        log: idOf(device),
        c: CHANNEL,
        account: ACCOUNT,
        device: idOf(device),
        own: false,
        key: bytes(1, 32),
        incarnation: bytes(device),
        known: KNOWN_NOTHING,
        sent: KNOWN_NOTHING,
        hlc: 0,
        read: KNOWN_NOTHING,
      });
    }
    for (const closing of closings) await tx.put("entries", entryOf(closing));
  });
  return store;
}

function entryOf({ by, s, of, seq, hash = 8 }: Closing, prev = bytes(6, 32)): EntryRow {
  const signed = signEntry(
    {
      channel: bytes(5),
      log: bytes(by),
      seq: s,
      prev: s === 1 ? null : prev,
      hlc: s + 1,
      kind: KINDS.logClose.number,
      deps: [],
      auth: [],
      floor: s === 1 ? 0 : 1,
      expire: null,
    },
    encodeBody("logClose", { log: bytes(of), seq, hash: bytes(hash, 32) }),
    bytes(3),
    key(),
  );
  return {
    c: CHANNEL,
    a: by,
    s,
    h: s,
    b: by,
    arr: s,
    bytes: signed.bytes,
    hash: bytes(s, 32),
    kind: KINDS.logClose.number,
    shown: 0,
    own: false,
    id: "",
    text: "",
    writtenAtMs: 0,
    late: false,
    clockAhead: false,
    tb: tieOf(bytes(of)),
    ts: CLOSING_TARGET,
    rank: 2,
  };
}

const endsIn = async (store: Store): Promise<Record<string, number>> => {
  const ends = await store.read(TABLES, (tx) => endsAmong(tx, CHANNEL, ACCOUNT));
  return Object.fromEntries([...ends].map(([log, { seq }]) => [log, seq]));
};

test("[OD23] when a device was put out is what others say, and of one whose certificate is void what they say of another", () => {
  const facts = [revocation(2, 1, 5_000), revocation(2, null, 7_000), revocation(2, 2, 0)];
  expect(putOutAtMs(contact(ACCOUNT, { facts }), idOf(2))).toBe(5_000);
  expect(putOutAtMs(contact(ACCOUNT, { facts }), idOf(3))).toBe(5_000);
  expect(putOutAtMs(contact(ACCOUNT, { facts: [] }), idOf(3))).toBe(Infinity);
});

test("[OD8] the highest number of devices in the account holds, and the closed one is not asked", async () => {
  const row = { live: [idOf(2), idOf(3)], facts: [revocation(1, 2)] };
  const store = await storeWith(row, [
    { by: 2, s: 4, of: 1, seq: 10 },
    { by: 3, s: 2, of: 1, seq: 12 },
    { by: 1, s: 13, of: 1, seq: 99 },
    { by: 1, s: 14, of: 2, seq: 1 },
  ]);
  expect(await endsIn(store)).toEqual({ [idOf(1)]: 12 });
});

test("[OD8] devices that close each other's logs end nothing, until a third one speaks", async () => {
  const facts = [revocation(1, 2), revocation(2, 1)];
  const mutual = [
    { by: 1, s: 5, of: 2, seq: 1 },
    { by: 2, s: 9, of: 1, seq: 4 },
  ];
  expect(await endsIn(await storeWith({ live: [], facts }, mutual))).toEqual({});
  // What was closed behind its author's own end counts for nothing; what came before it does.
  const settled = await storeWith({ live: [idOf(3)], facts }, [
    ...mutual,
    { by: 3, s: 2, of: 1, seq: 4 },
    { by: 3, s: 3, of: 2, seq: 9 },
  ]);
  expect(await endsIn(settled)).toEqual({ [idOf(1)]: 4, [idOf(2)]: 9 });
  const late = await storeWith({ live: [idOf(3)], facts }, [
    { by: 1, s: 5, of: 2, seq: 20 },
    { by: 3, s: 2, of: 1, seq: 4 },
    { by: 3, s: 3, of: 2, seq: 9 },
  ]);
  expect(await endsIn(late)).toEqual({ [idOf(1)]: 4, [idOf(2)]: 9 });
});

test("[OD8] who was in good standing is believed after they left, or were removed later", async () => {
  const closing = { by: 2, s: 4, of: 1, seq: 10 };
  const left = { live: [], facts: [revocation(1, 2), revocation(2, 2)] };
  expect(await endsIn(await storeWith(left, [closing]))).toEqual({ [idOf(1)]: 10 });
  const removed = { live: [idOf(3)], facts: [revocation(1, 2), revocation(2, 3)] };
  const after = [closing, { by: 3, s: 2, of: 2, seq: 4 }];
  expect(await endsIn(await storeWith(removed, after))).toEqual({ [idOf(1)]: 10, [idOf(2)]: 4 });
});

test("[OD8] a device in the account is believed before one that was put out itself", async () => {
  const facts = [revocation(1, 2), revocation(2, 3)];
  const closings = [
    { by: 2, s: 4, of: 1, seq: 12 },
    { by: 3, s: 2, of: 2, seq: 9 },
  ];
  const alone = await storeWith({ live: [idOf(3)], facts }, closings);
  expect(await endsIn(alone)).toEqual({ [idOf(1)]: 12, [idOf(2)]: 9 });
  const both = [...closings, { by: 3, s: 3, of: 1, seq: 10 }];
  const store = await storeWith({ live: [idOf(3)], facts }, both);
  expect(await endsIn(store)).toEqual({ [idOf(1)]: 10, [idOf(2)]: 9 });
});

test("[OD8] of two ids for one number the least holds, and what forks says nothing from there on", async () => {
  const row = { live: [idOf(2), idOf(3)], facts: [revocation(1, 2)] };
  const closings = [
    { by: 2, s: 4, of: 1, seq: 10, hash: 7 },
    { by: 3, s: 2, of: 1, seq: 10, hash: 6 },
  ];
  for (const all of [closings, closings.toReversed()]) {
    const store = await storeWith(row, all);
    const ends = await store.read(TABLES, (tx) => endsAmong(tx, CHANNEL, ACCOUNT));
    expect(ends.get(idOf(1))).toEqual({ seq: 10, hash: toHex(bytes(6, 32)) });
  }
  const store = await storeWith(row, closings);
  const none = new Uint8Array(0);
  const fork = { a: 3, c: CHANNEL, s: 2, first: none, second: none, foundAtMs: 1 };
  await store.write(TABLES, (tx) => tx.put("forks", { ...fork, says: ["", ""] }));
  const ends = await store.read(TABLES, (tx) => endsAmong(tx, CHANNEL, ACCOUNT));
  expect(ends.get(idOf(1))?.hash).toBe(toHex(bytes(7, 32)));
});

test("[OD18] from the entry that a closing names back to the first hole all is certain", async () => {
  const store = await storeWith({}, []);
  const made: EntryRow[] = [];
  for (let s = 1; s <= 6; s += 1) {
    const prev = made.at(-1)?.hash ?? bytes(6, 32);
    made.push({ ...entryOf({ by: 1, s, of: 9, seq: 1 }, prev), a: 1 });
  }
  const held = made.filter(({ s }) => s !== 3);
  await store.write(TABLES, (tx) => tx.putAll("entries", held));
  const known = { floor: 2, ranges: [[4, 6] as const] };
  const log = { a: 1, c: CHANNEL, log: idOf(1), account: ACCOUNT, device: idOf(1), known };
  const idAt = (s: number): Uint8Array => made[s - 1]!.hash;
  const end = { seq: 6, hash: toHex(idAt(6)) };
  const from = (it: End): Promise<number> => store.read(TABLES, (tx) => settledFrom(tx, log, it));
  expect(await from(end)).toBe(4);
  expect(await from({ seq: 6, hash: toHex(bytes(1, 32)) })).toBe(Infinity);
  expect(await from({ seq: 6, hash: null })).toBe(Infinity);
  const stands = (s: number, hash: Uint8Array): Promise<boolean> =>
    store.read(TABLES, (tx) => isStoodBy(tx, log, end, { s, hash }));
  expect(await Promise.all([6, 5, 4, 3].map((s) => stands(s, idAt(s))))).toEqual(
    Array(4).fill(true),
  );
  expect(await Promise.all([6, 5, 4, 3].map((s) => stands(s, bytes(9, 32))))).toEqual(
    Array(4).fill(false),
  );
  // Nothing tells of what stands behind the hole.
  expect(await stands(2, idAt(2))).toBe(false);
});

test("[OD4] who leaves by themselves is not put out, and who is removed as well is", () => {
  const left = contact(ACCOUNT, { facts: [revocation(1, 1)] });
  expect(isPutOut(left, idOf(1))).toBe(false);
  const both = contact(ACCOUNT, { facts: [revocation(1, 1), revocation(1, null)] });
  expect(isPutOut(both, idOf(1))).toBe(true);
  // Certified by one that was removed, and by nobody else.
  expect(isPutOut(contact(ACCOUNT, { facts: [revocation(2, 3)] }), idOf(1))).toBe(true);
  expect(isPutOut(contact(ACCOUNT, { live: [idOf(1)] }), idOf(1))).toBe(false);
});

test("[OD6] [OD7] [OD9] an entry counts up to the end, and waits while there is none", async () => {
  const row = { live: [idOf(2)], facts: [revocation(1, 2)] };
  const store = await storeWith(row, []);
  const log = {
    a: 1,
    c: CHANNEL,
    log: idOf(1),
    account: ACCOUNT,
    device: idOf(1),
    known: KNOWN_NOTHING,
  };
  const countsAt = (s: number, isNew: boolean): Promise<EntryRow["counts"]> =>
    store.read(TABLES, (tx) => closingOf(tx, log, { s, hash: bytes(s, 32) }, isNew));
  expect([await countsAt(5, true), await countsAt(5, false)]).toEqual(["waits", undefined]);
  const end = { seq: 5, hash: toHex(bytes(5, 32)) };
  await store.write(["meta"], (tx) => tx.put("meta", endsRow({ [idOf(1)]: end })));
  expect([await countsAt(5, true), await countsAt(6, true)]).toEqual([undefined, "no"]);
  expect([await countsAt(5, false), await countsAt(6, false)]).toEqual([undefined, "no"]);
});
