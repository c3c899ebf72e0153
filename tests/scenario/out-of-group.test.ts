import { expect, test } from "vitest";

import { bytesOf } from "../../sync/channel/channels.ts";
import { groupOf, makeGroup, remove, rosterRow, tell } from "./group-talk.ts";
import { MINUTE_MS, SECOND_MS, world } from "./world.ts";

test("[HE7] who is out of a group asks nobody for what is missing in it", async () => {
  const { alice, bob, carol, pass, befriend } = await world(["alice", "bob", "carol"]);
  await befriend(alice, bob);
  await befriend(alice, carol);
  await makeGroup(alice, [bob, carol]);
  await pass(20 * SECOND_MS);
  await tell(alice, "hello");
  await pass(10 * SECOND_MS);
  await remove(alice, bob);
  await pass(MINUTE_MS);
  const c = await groupOf(bob);
  const lost = await bob.change(async (tx) => {
    const logs = await tx.range("logs", "channel", { lower: c, upper: c });
    const log = logs.find((it) => !it.own && it.known.floor > 2);
    if (log?.a === undefined) return undefined;
    const known = { floor: 1, ranges: [[3, log.known.floor] as const] };
    await tx.delete("entries", [c, log.a, 2]);
    await tx.put("logs", { ...log, known });
    return log.a;
  });
  expect(lost).toBeDefined();
  await bob.sleep();
  await bob.wake();
  // A question moves the session with whom it is put to.
  const spoken = async (): Promise<string> =>
    JSON.stringify(
      (await bob.rows("sessions")).map(({ state }) => [...(state.send?.chainKey ?? [])]),
    );
  await pass(2 * SECOND_MS);
  const before = await spoken();
  await pass(5 * MINUTE_MS);
  expect(await spoken()).toBe(before);
  expect(bob.bugs).toEqual([]);
});

test("[GP12] who was removed and goes on is told why, and not what the group is called since", async () => {
  const { alice, bob, carol, relay, pass, befriend } = await world(["alice", "bob", "carol"]);
  await befriend(alice, bob);
  await befriend(alice, carol);
  await makeGroup(alice, [bob, carol]);
  await pass(20 * SECOND_MS);
  bob.disconnect();
  await remove(alice, bob);
  await alice.device.groups.describe(await groupOf(alice), { title: "without Bob" });
  await pass(20 * SECOND_MS);
  // The relay loses the word of it, so that he has to be told.
  await relay.lose(bytesOf((await bob.rows("mailboxes"))[0]?.mailbox ?? ""));
  await tell(bob, "still there");
  bob.reconnect();
  await pass(5 * MINUTE_MS);
  const members = (await rosterRow(bob)).members.map((it) => it.account);
  expect(members).not.toContain(await bob.account());
  expect((await rosterRow(bob)).title).toBe("Hut");
});
