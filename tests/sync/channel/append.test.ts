import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";

import { ready } from "../../../crypto/base/sodium.ts";
import { appendMessage } from "../../../sync/channel/append.ts";
import { type Channel, openChannel } from "../../../sync/channel/channels.ts";
import { decodeEntry, type Entry, verifyEntry } from "../../../sync/entry/entry.ts";
import { KINDS } from "../../../sync/entry/kinds.ts";
import type { EntryRow } from "../../../sync/store/rows.ts";
import { introduce, NOW_MS, type Someone, someone } from "../acquainted.ts";

beforeAll(() => ready);

async function write(
  by: Someone,
  account: string,
  text: string,
  nowMs = NOW_MS,
): Promise<EntryRow> {
  const { self, random } = by;
  return by.change(async (tx) => {
    const channel: Channel = await openChannel(tx, self, account);
    return (await appendMessage(tx, { self, channel, text, nowMs, random })).entry;
  });
}

const decoded = (row: EntryRow | undefined): Entry => {
  const entry = decodeEntry(row?.bytes ?? new Uint8Array(0));
  if (!entry.ok) throw new Error(entry.error.type);
  return entry.value;
};

const rowsOf = (by: Someone): Promise<readonly EntryRow[]> =>
  by.store.read(["entries"], (tx) => tx.range("entries", "primary", {}));

test("[AP1] entry, its place and its parcel are there together, or not at all", async () => {
  const alice = await someone("alice");
  const bob = await someone("bob");
  await introduce(alice, bob);
  const { account } = bob.self;
  const failing = alice.change(async (tx) => {
    const channel = await openChannel(tx, alice.self, account);
    const { self, random } = alice;
    await appendMessage(tx, { self, channel, text: "never", nowMs: NOW_MS, random });
    throw new Error("the power went");
  });
  await expect(failing).rejects.toThrow("the power went");
  const count = (table: "entries" | "outbox" | "logs"): Promise<number> =>
    alice.store.read([table], (tx) => tx.count(table, "primary", {}));
  expect([await count("entries"), await count("outbox"), await count("logs")]).toEqual([0, 0, 0]);
  await write(alice, account, "hello");
  expect([await count("entries"), await count("outbox"), await count("logs")]).toEqual([2, 2, 1]);
});

test("[AP2] a log begins with who signs it; each entry follows from the one before", async () => {
  const alice = await someone("alice");
  for (const text of ["one", "two", "three"]) await write(alice, alice.self.account, text);
  const rows = await rowsOf(alice);
  expect(rows.map((it) => it.s)).toEqual([1, 2, 3, 4]);
  expect(rows[0]).toMatchObject({ kind: KINDS.logOpen.number, shown: 0, text: "" });
  for (const [n, row] of rows.entries()) {
    const entry = decoded(row);
    expect(verifyEntry(entry, alice.self.keys.sigKey).ok).toBe(true);
    const before = rows[n - 1];
    expect(entry.core.prev).toEqual(before?.hash ?? null);
    expect(entry.core.hlc).toBeGreaterThan(before === undefined ? 0 : decoded(before).core.hlc);
  }
});

test("[AP3] an entry names the newest of at most four other logs, and stands after them", async () => {
  const alice = await someone("alice");
  const bob = await someone("bob");
  const channel = await introduce(alice, bob);
  // Six incarnations of Bob's device, each with one entry somewhere in time.
  const places = [5, 1, 6, 3, 4, 2];
  for (const [n, place] of places.entries()) {
    await alice.change(async (tx) => {
      const a = Number(
        await tx.put("logs", {
          log: `${n}`.repeat(32),
          c: channel.c,
          account: bob.self.account,
          device: bob.self.device,
          own: false,
          key: bob.self.keys.sigKey,
          incarnation: new Uint8Array(16).fill(n),
          known: { floor: 0, ranges: [[place + 1, place + 1]] },
          sent: { floor: 0, ranges: [] },
          hlc: place * 1_000,
          read: { floor: 0, ranges: [] },
        }),
      );
      await tx.put("entries", {
        c: channel.c,
        a,
        s: place + 1,
        h: place * 1_000,
        b: 0,
        arr: n + 1,
        bytes: new Uint8Array(0),
        hash: new Uint8Array(32).fill(n),
        kind: 1,
        shown: 1,
        own: false,
        id: "",
        text: "",
        writtenAtMs: 0,
        late: false,
        clockAhead: false,
      });
    });
  }
  await write(alice, bob.self.account, "after all of you");
  const entry = decoded((await rowsOf(alice)).find((it) => it.own && it.s === 2));
  expect(entry.core.deps.map((it) => it.seq)).toEqual([7, 6, 5, 4]);
  // The last entry of the own log is later than all of them.
  const opening = (await rowsOf(alice)).find((it) => it.own && it.s === 1);
  expect(decoded(opening).core.floor).toBe(6_000);
  expect(entry.core.floor).toBe(opening?.h);
});

test("[AP4] nothing is sealed when it is written; [AP5] a note to self has no parcel", async () => {
  const alice = await someone("alice");
  await write(alice, alice.self.account, "to myself");
  const parcels = await alice.store.read(["outbox"], (tx) => tx.range("outbox", "primary", {}));
  expect(parcels).toEqual([]);
  const bob = await someone("bob");
  await introduce(alice, bob);
  await write(alice, bob.self.account, "to Bob");
  const made = await alice.store.read(["outbox"], (tx) => tx.range("outbox", "primary", {}));
  expect(made.map((it) => [it.what, it.body, it.env, it.waiting])).toEqual([
    ["entry", null, "", 1],
    ["entry", null, "", 1],
  ]);
});

test("[PI2] ids of one device sort as they were written, in all channels and on any clock", async () => {
  const bob = await someone("bob");
  const clock = fc.oneof(
    fc.integer({ min: -1_000, max: 5_000_000_000_000 }),
    fc.constantFrom(0, NOW_MS, 2_147_483_648_000, 4_102_444_800_000),
  );
  const writings = fc.array(fc.tuple(clock, fc.boolean()), { minLength: 2, maxLength: 30 });
  await fc.assert(
    fc.asyncProperty(writings, async (all) => {
      const alice = await someone("alice");
      await introduce(alice, bob);
      const ids: string[] = [];
      for (const [nowMs, isNote] of all) {
        const account = isNote ? alice.self.account : bob.self.account;
        ids.push((await write(alice, account, "x", nowMs)).id);
      }
      expect(ids.toSorted()).toEqual(ids);
      expect(new Set(ids).size).toBe(ids.length);
    }),
    { numRuns: 25 },
  );
});

test("[AP6] the line of the chat list is the newest message, on one line", async () => {
  const alice = await someone("alice");
  await write(alice, alice.self.account, `first line\n\n  second\t${"x".repeat(200)}`);
  const [channel] = await alice.store.read(["channels"], (tx) =>
    tx.range("channels", "primary", {}),
  );
  expect(channel?.preview?.text).toBe(`first line second ${"x".repeat(82)}`);
  expect(channel?.preview?.own).toBe(true);
});
