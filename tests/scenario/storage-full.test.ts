import { expect, test } from "vitest";

import { DAY_MS, MINUTE_MS, SECOND_MS, world } from "./world.ts";

test("[RX8] without room nothing is acknowledged, and everything comes when there is room again", async () => {
  const { alice, bob, relay, pass, befriend, atRest } = await world(["alice", "bob"]);
  await befriend(alice, bob);
  bob.isDiskFull = true;
  for (const text of ["one", "two", "three"]) await alice.say(bob, text);
  await pass(2 * MINUTE_MS);
  expect(bob.status?.storage).toBe("full");
  expect(await bob.sees(alice)).toEqual([]);
  // The three, and what asks whether they came.
  expect(relay.messages).toBeGreaterThanOrEqual(3);
  expect(await alice.states(bob)).toEqual(["sent", "sent", "sent"]);

  bob.isDiskFull = false;
  await pass(5 * MINUTE_MS);
  expect(bob.status?.storage).toBe("ok");
  expect(await bob.sees(alice)).toEqual(["one", "two", "three"]);
  await atRest();
});

test("[OB10] a device that cannot write down what a relay answered does not send it again and again", async () => {
  const { alice, bob, relay, pass, befriend, atRest } = await world(["alice", "bob"]);
  await befriend(alice, bob);
  relay.counted();
  await alice.say(bob, "written while there was room");
  // It is sealed and on its way; the answer takes longer than this.
  await pass(10);
  alice.isDiskFull = true;
  await pass(2 * MINUTE_MS);
  const puts = relay.counted();
  expect((puts["put.stored"] ?? 0) + (puts["put.duplicate"] ?? 0)).toBeLessThan(5);
  expect(alice.status?.storage).toBe("full");

  alice.isDiskFull = false;
  await pass(15 * SECOND_MS);
  expect(alice.status?.storage).toBe("ok");
  await pass(5 * MINUTE_MS);
  expect(await bob.sees(alice)).toEqual(["written while there was room"]);
  expect(await alice.states(bob)).toEqual(["delivered"]);
  await atRest();
});

test("[SW6] a device that is opened on a full disk makes room, and goes on by itself", async () => {
  const { alice, bob, pass, befriend, night, atRest } = await world(["alice", "bob"]);
  alice.keepsake = { read: () => Promise.resolve(null), write: () => Promise.resolve() };
  await befriend(alice, bob);
  await bob.say(alice, "long ago");
  await pass(10 * SECOND_MS);
  const seen = async (): Promise<number> => (await alice.rows("seen")).length;
  expect(await seen()).toBeGreaterThan(0);
  alice.isDiskFull = true;
  await night(60 * DAY_MS);
  await pass(3 * MINUTE_MS);
  expect(alice.status?.storage).toBe("full");
  expect(await seen()).toBe(0);
  alice.isDiskFull = false;
  await bob.say(alice, "now");
  await atRest(10 * MINUTE_MS);
  expect(alice.status?.storage).toBe("ok");
  expect(await alice.sees(bob)).toEqual(["long ago", "now"]);
});

test("[RX8] [HE20] what came while a device that was opened on a full disk had not begun comes again", async () => {
  const { alice, bob, pass, befriend, atRest } = await world(["alice", "bob"]);
  alice.keepsake = { read: () => Promise.resolve(null), write: () => Promise.resolve() };
  await befriend(alice, bob);
  await alice.sleep();
  await bob.say(alice, "one");
  await pass(10 * SECOND_MS);
  alice.isDiskFull = true;
  await alice.wake();
  await pass(10 * SECOND_MS);
  alice.isDiskFull = false;
  await pass(2 * MINUTE_MS);
  expect(await alice.sees(bob)).toEqual(["one"]);
  await bob.say(alice, "two");
  await atRest();
  expect(await alice.sees(bob)).toEqual(["one", "two"]);
});
