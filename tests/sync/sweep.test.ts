import { expect, test } from "vitest";

import { SECRETS_LIVE_MS } from "../../crypto/lifetimes.ts";
import { type MemoryStore, openMemoryStore } from "../../sync/store/memory-store.ts";
import { noteAges, OUTBOX_LIFE_MS, sweep, SWEEP_ROWS_MAX, SWEEP_TABLES } from "../../sync/sweep.ts";
import { NOW_MS } from "./acquainted.ts";
import { parcel as parcelOf, target } from "./outbox/parcel.ts";

const STORED = { state: "stored" } as const;
const OLD_MS = NOW_MS - SECRETS_LIVE_MS - 1;

async function sweepAll(store: MemoryStore, nowMs: number): Promise<void> {
  await store.write(SWEEP_TABLES, (tx) => sweep(tx, nowMs));
  await store.write(SWEEP_TABLES, (tx) => noteAges(tx, nowMs));
}

test("[SW3] tokens go when they end, but a revoked one waits until the relay knows", async () => {
  const store = openMemoryStore();
  const ends = [0, NOW_MS - 1, NOW_MS + 1];
  await store.write(["tokens"], async (tx) => {
    for (const [n, expiresAtMs] of ends.entries()) {
      await tx.put("tokens", {
        label: `0000000${n}`,
        token: new Uint8Array(16),
        class: "contact",
        account: null,
        invite: null,
        expiresAtMs,
        registeredAt: [],
      });
    }
  });
  await store.write(SWEEP_TABLES, (tx) => sweep(tx, NOW_MS));
  const left = await store.read(["tokens"], (tx) => tx.range("tokens", "primary", {}));
  expect(left.map((it) => it.expiresAtMs)).toEqual([0, NOW_MS + 1]);
});

test("[SW4] a sweep removes a bounded number of rows, and says that there are more", async () => {
  const store = openMemoryStore();
  await store.write(["seen"], async (tx) => {
    for (let n = 0; n < SWEEP_ROWS_MAX + 20; n += 1) {
      await tx.put("seen", { id: `${n}`.padStart(32, "0"), atMs: OLD_MS, c: 0 });
    }
    await tx.put("seen", { id: "f".repeat(32), atMs: NOW_MS, c: 0 });
  });
  const count = (): Promise<number> =>
    store.read(["seen"], (tx) => tx.count("seen", "primary", {}));
  expect(await store.write(SWEEP_TABLES, (tx) => sweep(tx, NOW_MS))).toBe(true);
  expect(await count()).toBe(21);
  expect(await store.write(SWEEP_TABLES, (tx) => sweep(tx, NOW_MS))).toBe(false);
  expect(await count()).toBe(1);
});

test("[SW5] what a clock in 1970 stamped is as old as its being found out", async () => {
  const store = openMemoryStore();
  await store.write(["prekeys"], (tx) =>
    tx.put("prekeys", { id: "a".repeat(32), secrets: null, createdAtMs: 60_000 }),
  );
  const left = async (nowMs: number): Promise<number> => {
    await store.write(SWEEP_TABLES, (tx) => sweep(tx, nowMs));
    return await store.read(["prekeys"], (tx) => tx.count("prekeys", "primary", {}));
  };
  expect(await left(NOW_MS)).toBe(1);
  expect(await left(NOW_MS + SECRETS_LIVE_MS - 1)).toBe(1);
  expect(await left(NOW_MS + SECRETS_LIVE_MS)).toBe(0);
});

test("[OB8] parcels are given up after they were found old for as long again", async () => {
  const store = openMemoryStore();
  const parcel = {
    what: "entry",
    flightTo: "",
    c: 1,
    a: 1,
    s: 1,
    env: "",
    body: null,
    sealedAtMs: 0,
    targets: [{ device: "d", isOwn: false, state: "stored", url: "", storeInc: "", storedAtMs: 0 }],
    waiting: 0,
    attempts: 0,
    nextAtMs: 0,
    isRefused: false,
  } as const;
  await store.write(["outbox"], async (tx) => {
    await tx.put("outbox", { ...parcel, createdAtMs: NOW_MS - OUTBOX_LIFE_MS - 1 });
    await tx.put("outbox", { ...parcel, createdAtMs: NOW_MS - OUTBOX_LIFE_MS });
  });
  const left = (): Promise<readonly number[]> =>
    store.read(["outbox"], async (tx) =>
      (await tx.range("outbox", "primary", {})).map((it) => it.createdAtMs - NOW_MS),
    );
  const both = [-OUTBOX_LIFE_MS - 1, -OUTBOX_LIFE_MS];
  for (const laterMs of [0, 1, OUTBOX_LIFE_MS]) {
    await sweepAll(store, NOW_MS + laterMs);
    expect(await left()).toEqual(both);
  }
  await store.write(SWEEP_TABLES, (tx) => sweep(tx, NOW_MS + OUTBOX_LIFE_MS + 1));
  expect(await left()).toEqual([-OUTBOX_LIFE_MS]);
});

test("[OB8] what no relay has yet waits on, however old; questions to devices do not", async () => {
  const store = openMemoryStore();
  const old = { createdAtMs: NOW_MS - OUTBOX_LIFE_MS - 1 };
  await store.write(["outbox"], async (tx) => {
    await tx.put("outbox", parcelOf({ ...old, targets: [target("d"), target("e")] }));
    await tx.put("outbox", parcelOf({ ...old, what: "control" }));
    await tx.put("outbox", parcelOf({ ...old, waiting: 0, targets: [target("d", STORED)] }));
  });
  for (const laterMs of [0, OUTBOX_LIFE_MS + 1]) {
    await sweepAll(store, NOW_MS + laterMs);
  }
  const left = await store.read(["outbox"], (tx) => tx.range("outbox", "primary", {}));
  expect(left.map((it) => it.n)).toEqual([1]);
});
