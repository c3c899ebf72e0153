import { beforeAll, expect, test } from "vitest";

import { ready } from "../../../crypto/base/sodium.ts";
import {
  hurryAll,
  hurryFor,
  QUOTA_RETRY_MAX_MS,
  RESEND_TABLES,
  resendLost,
} from "../../../sync/outbox/resend.ts";
import { settleFirstFlights } from "../../../sync/outbox/settle.ts";
import { DUE_NOW } from "../../../sync/outbox/targets.ts";
import { type MemoryStore, openMemoryStore } from "../../../sync/store/memory-store.ts";
import type { OutboxRow, TableName } from "../../../sync/store/rows.ts";
import type { WriteTx } from "../../../sync/store/store.ts";
import { introduce, NOW_MS, RELAY_URL, someone } from "../acquainted.ts";
import { parcel, RELAY, target } from "./parcel.ts";

beforeAll(() => ready);

const TABLES: readonly TableName[] = RESEND_TABLES;

async function afterwards(
  rows: readonly OutboxRow[],
  work: (tx: WriteTx) => Promise<unknown>,
): Promise<readonly OutboxRow[]> {
  const store: MemoryStore = openMemoryStore();
  await store.write(TABLES, async (tx) => {
    for (const row of rows) await tx.put("outbox", row);
  });
  await store.write(TABLES, work);
  return store.read(["outbox"], (tx) => tx.range("outbox", "primary", {}));
}

test("[OB6] when a relay lost its store, what it had and nobody confirmed is sent again", async () => {
  const stored = (of: Partial<OutboxRow["targets"][number]>): OutboxRow =>
    parcel({
      waiting: 0,
      targets: [target("d", { state: "stored", url: RELAY, storeInc: "old", ...of })],
    });
  const rows = [
    stored({}),
    stored({ url: "https://another.example" }),
    stored({ storeInc: "new" }),
    stored({ state: "done" }),
  ];
  const left = await afterwards(rows, async (tx) => {
    await resendLost(tx, RELAY, "old");
    expect(await resendLost(tx, RELAY, "new")).toBe(1);
  });
  expect(left.map((it) => it.targets[0]?.state)).toEqual(["pending", "stored", "stored", "done"]);
  expect(left.map((it) => it.waiting)).toEqual([1, 0, 0, 0]);
  // Byte by byte the same.
  expect(left[0]?.body).toEqual(rows[0]?.body);
  expect(left[0]?.env).toBe(rows[0]?.env);
});

test("[OB6] a relay that is met for the first time, or says the same, has lost nothing", async () => {
  const row = parcel({ waiting: 0, targets: [target("d", { state: "stored", url: RELAY })] });
  const left = await afterwards([row], async (tx) => {
    expect(await resendLost(tx, RELAY, "one")).toBe(0);
    expect(await resendLost(tx, RELAY, "one")).toBe(0);
  });
  expect(left.map((it) => it.targets[0]?.state)).toEqual(["stored"]);
});

test("[OB6] cursors are told anew to those who are reached there, and to nobody else", async () => {
  const [alice, bob] = [await someone("alice"), await someone("bob")];
  const { c } = await introduce(alice, bob);
  const before = await alice.store.read(["channels"], (tx) => tx.range("channels", "primary", {}));
  const after = async (url: string): Promise<readonly (readonly [number, number])[]> => {
    await alice.change((tx) => resendLost(tx, url, "old"));
    await alice.change((tx) => resendLost(tx, url, "new"));
    const rows = await alice.store.read(["channels"], (tx) => tx.range("channels", "primary", {}));
    return rows.flatMap((row, n) => {
      const more = row.receipts - (before[n]?.receipts ?? 0);
      return more === 0 ? [] : [[row.c ?? 0, more] as const];
    });
  };
  expect(await after("https://another.example")).toEqual([]);
  expect(await after(RELAY_URL)).toEqual([[c, 1]]);
});

test("[OB5] a way that opens hurries what had none, and not what was refused", async () => {
  const later = { nextAtMs: NOW_MS + 60_000 };
  const rows = [
    parcel(later),
    parcel({ ...later, isRefused: true }),
    // By a clock that was years ahead.
    parcel({ nextAtMs: NOW_MS + QUOTA_RETRY_MAX_MS + 1, isRefused: true }),
    parcel({ ...later, waiting: 0, targets: [target("d", { state: "stored" })] }),
  ];
  const left = await afterwards(rows, (tx) => hurryAll(tx, NOW_MS));
  expect(left.map((it) => it.nextAtMs)).toEqual([
    DUE_NOW.entry,
    NOW_MS + 60_000,
    DUE_NOW.entry,
    NOW_MS + 60_000,
  ]);
});

test("[OB5] a new card hurries what waits for its device, refused or not", async () => {
  const later = { nextAtMs: NOW_MS + 60_000, attempts: 5, isRefused: true };
  const rows = [parcel(later), parcel({ ...later, targets: [target("e")] })];
  const left = await afterwards(rows, (tx) => hurryFor(tx, "d"));
  expect(left.map((it) => [it.nextAtMs, it.attempts, it.isRefused])).toEqual([
    [DUE_NOW.entry, 0, false],
    [NOW_MS + 60_000, 5, true],
  ]);
});

test("[OB13] however many cards one batch brings, what waits is hurried once", async () => {
  const later = { nextAtMs: NOW_MS + 60_000 };
  const left = await afterwards([], async (tx) => {
    await hurryFor(tx, "d");
    await tx.put("outbox", parcel(later));
    await tx.put("outbox", parcel({ ...later, targets: [target("e")] }));
    await hurryFor(tx, "d");
    await hurryFor(tx, "e");
  });
  expect(left.map((it) => it.nextAtMs)).toEqual([NOW_MS + 60_000, DUE_NOW.entry]);
});

test("[OB7] the first word of a device settles all first flights that were sent to it", async () => {
  const flight = { what: "control", flightTo: "d", s: 0 } as const;
  const sent = { waiting: 0, targets: [target("d", { state: "stored", url: RELAY })] } as const;
  const rows = [
    parcel({ ...flight, ...sent }),
    parcel({ ...flight, flightTo: "e", targets: [target("e")] }),
    parcel(),
  ];
  const left = await afterwards(rows, (tx) => settleFirstFlights(tx, "d"));
  expect(left.map((it) => [it.what, it.targets[0]?.device])).toEqual([
    ["control", "e"],
    ["entry", "d"],
  ]);
});
