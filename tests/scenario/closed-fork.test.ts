/** What a device signs beside what it had said, after it was put out of its account. */
import { expect, test } from "vitest";

import { rosterOf } from "../../sync/group/rosters.ts";
import { encodePayload } from "../../sync/payload/payload.ts";
import { encodeRosterBody, ROSTER_KINDS } from "../../sync/roster/ops.ts";
import { overSession } from "./forge.ts";
import { groupOf, makeGroup, members, tell } from "./group-talk.ts";
import { entriesOf } from "./hostile-entries.ts";
import { linked } from "./sibling.ts";
import { deviceOf } from "./three-devices.ts";
import { MINUTE_MS, SECOND_MS, world } from "./world.ts";

test("[OD6] [FK4] a removed device removes nobody in the place of what it had said", async () => {
  const them = await world(["phone", "laptop", "bob", "carol"]);
  const { phone, laptop, bob, carol, pass, outcome, befriend } = them;
  await befriend(phone, bob);
  await befriend(phone, carol);
  await linked(phone, laptop);
  await pass(MINUTE_MS);
  await makeGroup(phone, [bob, carol]);
  await pass(30 * SECOND_MS);
  await tell(laptop, "one");
  await tell(bob, "bob is in");
  await tell(carol, "carol is in");
  await pass(30 * SECOND_MS);
  const c = await groupOf(laptop);
  const heads = await laptop.change(async (tx) => (await rosterOf(tx, c)).heads);
  const act = { type: "remove", account: await carol.account(), cut: [] } as const;
  const body = encodeRosterBody({ heads, act });
  const forged = await entriesOf(laptop, [{ kind: ROSTER_KINDS.remove, body }]);
  await tell(laptop, "two");
  await pass(30 * SECOND_MS);
  laptop.disconnect();
  const revoked = await outcome(phone.device.devices.revoke(await deviceOf(laptop), []));
  expect(revoked).toMatchObject({ ok: true });
  await pass(2 * MINUTE_MS);
  const all = [phone, bob, carol];
  const before = await members(phone, all);

  // Bob hands on what the stolen device signed.
  for (const it of [phone, carol]) {
    await overSession(bob, it, [[encodePayload("entries", { entries: forged })]]);
  }
  await pass(3 * MINUTE_MS);
  for (const it of all) expect(await members(it, all)).toEqual(before);
  expect((await phone.rows("forks")).length).toBeGreaterThan(0);
  expect(all.flatMap((it) => it.bugs)).toEqual([]);
});
