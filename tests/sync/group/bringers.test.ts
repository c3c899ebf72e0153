import { beforeAll, expect, test } from "vitest";

import { ready } from "../../../crypto/base/sodium.ts";
import { openGroup } from "../../../sync/channel/channels.ts";
import { mayBring, PUT_OUT_GROUPS_MAX } from "../../../sync/group/bringers.ts";
import { rosterRowOf } from "../../../sync/group/rosters.ts";
import { introduce, someone } from "../acquainted.ts";

beforeAll(() => ready);

test("[GP31] a contact who puts one into groups and out of them again comes to an end of it", async () => {
  const alice = await someone("alice");
  const bob = await someone("bob");
  await introduce(alice, bob);
  const { account } = bob.self;
  const bring = async (from: number, upTo: number): Promise<boolean> =>
    alice.change(async (tx) => {
      for (let n = from; n < upTo; n += 1) {
        const { c } = await openGroup(tx, n.toString(16).padStart(32, "0"));
        await tx.put("rosters", { ...(await rosterRowOf(tx, c)), broughtBy: account });
      }
      return mayBring(tx, alice.self, { account, state: "accepted" });
    });
  expect(await bring(0, PUT_OUT_GROUPS_MAX - 1)).toBe(true);
  expect(await bring(PUT_OUT_GROUPS_MAX - 1, PUT_OUT_GROUPS_MAX)).toBe(false);
});
