/** How much is unread in a group when what somebody said there turns out not to count. */
import { expect, test } from "vitest";

import { groupOf, hears, makeGroup, remove, tell, timeline } from "./group-talk.ts";
import { MINUTE_MS, SECOND_MS, world } from "./world.ts";

test("[MO41] [GP15] what was deleted before it was read is not taken from the count again when it is void", async () => {
  const w = await world(["alice", "bob", "carol", "dave"]);
  const { alice, bob, carol, dave, pass } = w;
  const others = [bob, carol, dave];
  for (const it of others) await w.befriend(alice, it);
  await makeGroup(alice, others);
  await pass(30 * SECOND_MS);
  const c = await groupOf(bob);
  const unread = async (): Promise<number | undefined> =>
    (await bob.rows("channels")).find((it) => it.c === c)?.unread;
  for (const it of [carol, dave, bob]) {
    await tell(it, "here");
    await pass(10 * SECOND_MS);
  }
  await bob.device.markRead(c);
  expect(await unread()).toBe(0);
  alice.disconnect();
  await tell(carol, "for everybody");
  for (const text of ["wrong", "too late"]) await tell(dave, text);
  await pass(5 * SECOND_MS);
  const wrong = (await timeline(dave)).find(({ text }) => text === "wrong");
  const deleted = await dave.device.acts.deleteForAll(await groupOf(dave), wrong?.id ?? "");
  expect(deleted).toMatchObject({ ok: true });
  await pass(10 * SECOND_MS);
  expect(await unread()).toBe(2);
  await remove(alice, dave);
  alice.reconnect();
  await pass(2 * MINUTE_MS);
  expect(await hears(bob)).not.toContain("too late");
  expect(await unread()).toBe(1);
  expect(bob.bugs).toEqual([]);
});
