import { beforeAll, expect, test } from "vitest";

import { ok } from "../../../crypto/base/result.ts";
import { ready } from "../../../crypto/base/sodium.ts";
import { openLane } from "../../../sync/lane.ts";
import { BundleFetcher } from "../../../sync/outbox/bundle-fetcher.ts";
import { Flow } from "../../../sync/outbox/flow.ts";
import { openKnocks } from "../../../sync/session/knocks.ts";
import { StorageError, type Store } from "../../../sync/store/store.ts";
import { introduce, NOW_MS, RELAY_URL, someone } from "../acquainted.ts";
import { HeldTimers } from "../transport/held-timers.ts";

beforeAll(() => ready);

test("[OB16] prekeys that a full disk did not take are asked for again", async () => {
  const [alice, bob] = [await someone("alice"), await someone("bob")];
  await introduce(alice, bob);
  const id = bob.self.device;
  const heldBundle = () => alice.change(async (tx) => (await tx.get("devices", id))?.prekeyBundle);
  const bundle = await heldBundle();
  await alice.change(async (tx) => {
    const device = await tx.get("devices", id);
    await tx.put("devices", { ...device!, prekeyBundle: null });
  });
  let isFull = true;
  const write: Store["write"] = (tables, work) =>
    isFull ? Promise.reject(new StorageError("full")) : alice.store.write(tables, work);
  const timers = new HeldTimers(NOW_MS);
  const errors: unknown[] = [];
  const fetcher = new BundleFetcher(
    {
      store: { ...alice.store, write },
      httpOf: () => ({ fetchPrekeys: () => Promise.resolve(ok(bundle)) }) as never,
      knocks: openKnocks(RELAY_URL, timers),
      lane: openLane(),
      timers,
      failed: (error) => errors.push(error),
    },
    new Flow(),
    () => undefined,
  );
  fetcher.want(id);
  await timers.advance(2_000);
  expect(errors).toEqual([new StorageError("full")]);
  isFull = false;
  fetcher.want(id);
  await timers.advance(2_000);
  expect(await heldBundle()).toEqual(bundle);
  fetcher.close();
});
