import { expect, test } from "vitest";

import { hears, makeGroup, members, tell } from "./group-talk.ts";
import { MINUTE_MS, SECOND_MS, world } from "./world.ts";

test("[GP16] a relay forgets everything while three of five are away: all five end with equal histories", async () => {
  const w = await world(["alice", "bob", "carol", "dave", "eve"]);
  const { alice, bob, carol, dave, eve, everybody } = w;
  for (const it of [bob, carol, dave, eve]) await w.befriend(alice, it);
  await makeGroup(alice, [bob, carol, dave, eve]);
  await w.pass(20 * SECOND_MS);
  for (const it of everybody) {
    await tell(it, `${it.name} is in`);
    await w.pass(5 * SECOND_MS);
  }
  await w.pass(30 * SECOND_MS);
  const away = [carol, dave, eve];
  for (const it of away) await it.sleep();
  await tell(alice, "who is here?");
  await w.pass(5 * SECOND_MS);
  await tell(bob, "I am");
  await w.pass(10 * SECOND_MS);
  w.killRelay(w.relay, { forgets: true });
  await w.pass(MINUTE_MS);
  w.relay.start();
  await w.pass(MINUTE_MS);
  for (const it of away) await it.wake();
  await w.atRest(5 * MINUTE_MS);
  const first = await hears(alice);
  expect(first).toHaveLength(7);
  for (const it of everybody) {
    expect(await hears(it), `${it.name} agrees`).toEqual(first);
    expect(await members(it, everybody), `${it.name} agrees`).toHaveLength(5);
  }
});
