/** A relay loses what it had taken, and its senders, who are at another one, have no connection to it. */
import { expect, test } from "vitest";

import { makeGroup, members, remove } from "./group-talk.ts";
import { HOUR_MS, MINUTE_MS, SECOND_MS, world } from "./world.ts";

test.each([
  ["soon: its sender tells what it has until it is confirmed", 10 * SECOND_MS],
  ["hours later: who comes back tells what they have", 5 * HOUR_MS],
])(
  "[DG6] [DG7] [DG9] what a relay had taken comes all the same, if it is lost %s",
  async (_, afterMs) => {
    const w = await world(["alice", "bob"], { atOther: ["bob"] });
    const { alice, bob, otherRelay, pass, befriend, killRelay, atRest } = w;
    await befriend(alice, bob);
    // So long that nobody has anything to say to Bob's relay any more.
    await pass(10 * MINUTE_MS);
    await bob.sleep();
    await alice.say(bob, "are you there?");
    await pass(afterMs);
    expect(await alice.states(bob)).toEqual(["sent"]);
    killRelay(otherRelay, { forgets: true });
    otherRelay.start();
    await pass(10 * SECOND_MS);
    await bob.wake();
    await pass(3 * MINUTE_MS);
    expect(await bob.sees(alice)).toEqual(["are you there?"]);
    expect(await alice.states(bob)).toEqual(["delivered"]);
    await atRest();
  },
);

test("[DG9] whose relay lost its store tells that again to those whose relay was away", async () => {
  const w = await world(["alice", "bob"], { atOther: ["bob"] });
  const { alice, bob, relay, otherRelay, pass, befriend, killRelay, atRest } = w;
  await befriend(alice, bob);
  await pass(10 * MINUTE_MS);
  await bob.sleep();
  await alice.say(bob, "are you there?");
  // So long that she does not repeat what she has by herself.
  await pass(5 * HOUR_MS);
  killRelay(otherRelay, { forgets: true });
  killRelay(relay);
  otherRelay.start();
  await bob.wake();
  await pass(3 * MINUTE_MS);
  relay.start();
  await pass(5 * MINUTE_MS);
  expect(await bob.sees(alice)).toEqual(["are you there?"]);
  expect(await alice.states(bob)).toEqual(["delivered"]);
  await atRest();
});

test("[DG9] who is closed before they told that their relay lost its store goes on with it, once", async () => {
  const w = await world(["alice", "bob"], { atOther: ["bob"] });
  const { alice, bob, otherRelay, pass, befriend, killRelay, atRest } = w;
  await befriend(alice, bob);
  await pass(10 * MINUTE_MS);
  await bob.sleep();
  await alice.say(bob, "are you there?");
  await pass(5 * HOUR_MS);
  killRelay(otherRelay, { forgets: true });
  otherRelay.start();
  const isNoted = async (): Promise<boolean> =>
    (await bob.rows("meta")).some(({ k }) => k === "robbed");
  await bob.wake();
  await pass(3 * SECOND_MS);
  expect(await isNoted()).toBe(true);
  await bob.sleep();
  await pass(MINUTE_MS);
  expect(await bob.sees(alice)).toEqual([]);
  await bob.wake();
  await pass(3 * MINUTE_MS);
  expect(await bob.sees(alice)).toEqual(["are you there?"]);
  expect(await isNoted()).toBe(false);
  await atRest();
});

test("[DG9] [GP12] whose relay lost with its store that they were removed hears it though nobody says anything", async () => {
  const w = await world(["alice", "bob", "carol"], { atOther: ["bob"] });
  const { alice, bob, carol, everybody, otherRelay, pass } = w;
  for (const it of [bob, carol]) await w.befriend(alice, it);
  await makeGroup(alice, [bob, carol]);
  await pass(30 * SECOND_MS);
  await bob.sleep();
  await remove(alice, bob);
  await pass(10 * SECOND_MS);
  w.killRelay(otherRelay, { forgets: true });
  otherRelay.start();
  await bob.wake();
  await pass(2 * MINUTE_MS);
  expect(await members(bob, everybody)).toEqual(["alice owner", "carol member"]);
});
