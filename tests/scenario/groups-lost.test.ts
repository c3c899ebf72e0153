import { expect, test } from "vitest";

import { hears, makeGroup, members, rosterRow, tell } from "./group-talk.ts";
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

test("[GP9] a welcome into a large group comes in parts, and is asked for when it was lost", async () => {
  const w = await world(["alice", "bob"], { atOther: ["bob"] });
  const { alice, bob } = w;
  await w.befriend(alice, bob);
  // Contacts who never had a device: nothing is sent to them.
  const strangers = Array.from({ length: 150 }, (_, n) => n.toString(16).padStart(64, "0"));
  const like = await alice.contact(bob);
  await alice.change(async (tx) => {
    for (const account of strangers) await tx.put("contacts", { ...like, account, live: [] });
  });
  const accounts = [...strangers.slice(0, 75), await bob.account(), ...strangers.slice(75)];
  bob.disconnect();
  const made = await alice.device.groups.create("Crowd", accounts);
  expect(made.ok).toBe(true);
  await w.pass(20 * SECOND_MS);
  // The first parts are lost with the relay; what follows shows that there is a group.
  w.killRelay(w.otherRelay, { forgets: true });
  w.otherRelay.start();
  bob.reconnect();
  await w.pass(MINUTE_MS);
  await tell(alice, "everybody");
  await w.pass(3 * MINUTE_MS);
  await tell(alice, "once more");
  await w.pass(MINUTE_MS);
  expect((await rosterRow(bob)).members).toHaveLength(152);
  expect((await rosterRow(bob)).digest).toBe((await rosterRow(alice)).digest);
  expect(await hears(bob)).toEqual(["everybody", "once more"]);
  expect([...alice.bugs, ...bob.bugs]).toEqual([]);
});
