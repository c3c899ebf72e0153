import { beforeAll, expect, test, vi } from "vitest";

import { ready } from "../../../crypto/base/sodium.ts";
import { openBackfiller } from "../../../sync/backfill/backfiller.ts";
import { openChannel } from "../../../sync/channel/channels.ts";
import { openLane } from "../../../sync/lane.ts";
import { NOW_MS, sibling, someone } from "../acquainted.ts";

beforeAll(() => ready);

test("[HY27] what may be the end of history is asked about once more, and no oftener", async () => {
  const alice = await someone("alice");
  const laptop = await sibling(alice, "laptop");
  const { self, store, random, change } = alice;
  const { device } = laptop.self;
  const c = await change(async (tx) => {
    const channel = await openChannel(tx, self, self.account);
    for (const row of await tx.range("channels", "primary", {})) {
      const { history: _, ...rest } = row;
      await tx.put("channels", row.c === channel.c ? { ...row, history: "wanted" } : rest);
    }
    return channel.c;
  });
  const isWanted = (): Promise<boolean> =>
    store.read(["channels"], async (tx) => (await tx.get("channels", c))?.history === "wanted");
  let questions = 0;
  const backfiller = openBackfiller({
    store,
    lane: openLane(),
    timers: { now: () => NOW_MS, after: () => () => undefined },
    random,
    self: () => self,
    httpOf: () => {
      throw new Error("nobody is to be fetched");
    },
    knocks: {
      isOpen: () => true,
      mayKnock: () => true,
      answered: () => undefined,
      forgive: () => undefined,
    },
    wake: () => void (questions += 1),
    effects: { upkeep: () => undefined, devices: () => undefined },
    mayAsk: () => true,
    onLeft: () => undefined,
    failed: (error) => {
      throw error;
    },
  });
  backfiller.look();
  await vi.waitFor(() => expect(questions).toBe(1));
  backfiller.arrived(c, null, device);
  await vi.waitFor(() => expect(questions).toBe(2));
  expect(await isWanted()).toBe(true);
  // A device that answers so again and again is not asked without end.
  backfiller.arrived(c, null, device);
  await vi.waitFor(async () => expect(await isWanted()).toBe(false));
  expect(questions).toBe(2);
  backfiller.close();
});
