import { expect, test } from "vitest";

import { putOutbox, withTargets } from "../../../sync/outbox/targets.ts";
import { openMemoryStore } from "../../../sync/store/memory-store.ts";
import { parcel, target } from "./parcel.ts";

test("[OB1] a parcel waits while one of its devices does, and is gone when all have it", async () => {
  const row = parcel({ targets: [target("d"), target("e")] });
  expect(row.targets.map((it) => it.state)).toEqual(["pending", "pending"]);
  const half = withTargets(row, (it) => (it.device === "d" ? { ...it, state: "done" } : it));
  expect(half.waiting).toBe(1);
  const stored = withTargets(half, (it) => (it.device === "e" ? { ...it, state: "stored" } : it));
  expect(stored.waiting).toBe(0);
  const store = openMemoryStore();
  const n = Number(await store.write(["outbox"], (tx) => tx.put("outbox", row)));
  const count = (): Promise<number> =>
    store.read(["outbox"], (tx) => tx.count("outbox", "primary", {}));
  await store.write(["outbox"], (tx) => putOutbox(tx, { ...stored, n }));
  expect(await count()).toBe(1);
  const all = withTargets(stored, (it) => ({ ...it, state: "done" }));
  await store.write(["outbox"], (tx) => putOutbox(tx, { ...all, n }));
  expect(await count()).toBe(0);
});
