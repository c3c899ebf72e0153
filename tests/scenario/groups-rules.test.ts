import { expect, test } from "vitest";

import { hears, makeGroup, members, remove, tell } from "./group-talk.ts";
import { MINUTE_MS, SECOND_MS, world } from "./world.ts";

test("[OB14] a removal that waits in the mailbox is heard before the next word goes", async () => {
  const w = await world(["alice", "bob", "carol"], { atOther: ["bob", "carol"] });
  const { alice, bob, carol, everybody } = w;
  await w.befriend(bob, alice);
  await w.befriend(bob, carol);
  await makeGroup(bob, [alice, carol]);
  await w.pass(20 * SECOND_MS);
  for (const it of everybody) {
    await tell(it, `${it.name} is in`);
    await w.pass(5 * SECOND_MS);
  }
  await w.pass(20 * SECOND_MS);
  alice.disconnect();
  // More than a relay hands over at once.
  for (let n = 0; n < 300; n += 1) await tell(bob, `${n}`);
  await w.pass(2 * MINUTE_MS);
  await remove(bob, carol);
  await w.pass(MINUTE_MS);
  await tell(alice, "for bob alone");
  await w.pass(5 * SECOND_MS);
  alice.reconnect();
  await w.atRest(5 * MINUTE_MS);
  expect((await hears(bob)).at(-1)).toBe("for bob alone");
  expect((await carol.rows("entries")).map((it) => it.text)).not.toContain("for bob alone");
  expect(await members(alice, everybody)).toEqual(["alice member", "bob owner"]);
});
