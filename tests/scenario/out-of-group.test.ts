import { expect, test } from "vitest";

import { groupOf, makeGroup, remove, tell } from "./group-talk.ts";
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
