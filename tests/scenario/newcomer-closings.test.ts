/** Who comes back to a group hears where the logs end that were closed while they were out. */
import { expect, test } from "vitest";

import { endsOf } from "../../sync/devices/closed.ts";
import { add, makeGroup, remove, rosterRow, tell } from "./group-talk.ts";
import type { Person } from "./person.ts";
import { linked } from "./sibling.ts";
import { deviceOf } from "./three-devices.ts";
import { MINUTE_MS, SECOND_MS, world } from "./world.ts";

test("[OD20] a newcomer is told where the logs of removed devices end, whatever they may read", async () => {
  const them = await world(["phone", "laptop", "bob", "carol"]);
  const { phone, laptop, bob, carol, pass, outcome, befriend } = them;
  await befriend(bob, phone);
  await befriend(bob, carol);
  await linked(phone, laptop);
  await pass(MINUTE_MS);
  await makeGroup(bob, [phone, carol], "none");
  await pass(30 * SECOND_MS);
  for (const it of [laptop, phone, carol]) await tell(it, "here");
  await pass(30 * SECOND_MS);
  await remove(bob, carol);
  await pass(30 * SECOND_MS);
  await tell(laptop, "she is out");
  await pass(30 * SECOND_MS);
  const revoked = await outcome(phone.device.devices.revoke(await deviceOf(laptop), []));
  expect(revoked).toMatchObject({ ok: true });
  await pass(2 * MINUTE_MS);
  await add(bob, carol);
  await pass(2 * MINUTE_MS);

  const { c } = await rosterRow(laptop);
  const own = (await laptop.rows("logs")).find((it) => it.c === c && it.own);
  const endAt = (who: Person): Promise<unknown> =>
    who.change(async (tx) => (await endsOf(tx))[own?.log ?? ""]);
  expect(await endAt(bob)).toMatchObject({ seq: own?.known.floor });
  expect(await endAt(carol)).toEqual(await endAt(bob));
  expect((await rosterRow(carol)).digest).toBe((await rosterRow(bob)).digest);
  expect([phone, bob, carol].flatMap((it) => it.bugs)).toEqual([]);
});
