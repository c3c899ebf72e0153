/** A device that comes back after a year: nothing that a relay kept for it is there any more. */
import { expect, test } from "vitest";

import { hears, makeGroup, tell } from "./group-talk.ts";
import type { Person } from "./person.ts";
import { linked } from "./sibling.ts";
import { DAY_MS, MINUTE_MS, SECOND_MS, type World, world } from "./world.ts";

const NAMES = ["alice", "bob", "carol"] as const;

/** Alice and Bob write to each other and share a group with Carol; Alice's relay is her own. */
async function three(): Promise<World<(typeof NAMES)[number]>> {
  const w = await world(NAMES, { atOther: ["alice"] });
  const { alice, bob, carol } = w;
  await w.befriend(alice, bob);
  await w.befriend(bob, carol);
  await alice.say(bob, "I am off to sea");
  await bob.say(alice, "come back");
  await makeGroup(bob, [alice, carol]);
  await w.pass(20 * SECOND_MS);
  for (const it of [alice, bob, carol]) {
    await tell(it, `${it.name} is in`);
    await w.pass(5 * SECOND_MS);
  }
  await w.pass(2 * MINUTE_MS);
  return w;
}

test("[HE19] who comes back after a year makes their mailbox anew, is found by all and catches up", async () => {
  const w = await three();
  const { alice, bob, carol } = w;
  await alice.sleep();
  for (let month = 1; month <= 13; month += 1) {
    for (const it of [bob, carol]) await it.sleep();
    for (const it of [w.relay, w.otherRelay]) it.kill();
    await w.pass(28 * DAY_MS);
    // Her relay gives up mailboxes that nobody empties, and has had new disks since.
    if (month === 4) w.otherRelay.forget();
    for (const it of [w.relay, w.otherRelay]) it.start();
    for (const it of [bob, carol]) await it.wake();
    await w.pass(30 * SECOND_MS);
    await bob.say(alice, `month ${month}`);
    await tell(carol, `log of month ${month}`);
    await w.pass(2 * MINUTE_MS);
  }
  await alice.wake();
  await w.pass(10 * MINUTE_MS);
  expect(await alice.sees(bob)).toEqual(await bob.sees(alice));
  expect(await hears(alice)).toEqual(await hears(bob));
  await alice.say(bob, "here I am");
  await tell(alice, "hello");
  await w.atRest(10 * MINUTE_MS);
  for (const it of [bob, carol]) expect((await hears(it)).at(-1)).toBe("hello");
});

/** Their cards of each other are worth nothing any more: the tokens on them count nowhere. */
async function losePaths(one: Person, other: Person): Promise<void> {
  for (const [who, about] of [
    [one, other],
    [other, one],
  ] as const) {
    const { token } = await who.contact(about);
    await who.change((tx) => tx.delete("tokens", token));
  }
}

test("[HE17] [HE18] two who lost each other hear from somebody in their group where the other one is", async () => {
  const w = await three();
  const { alice, bob } = w;
  await alice.sleep();
  await bob.sleep();
  await losePaths(alice, bob);
  for (const it of [w.relay, w.otherRelay]) it.forget();
  for (const it of [w.relay, w.otherRelay]) it.start();
  await alice.wake();
  await bob.wake();
  await w.pass(MINUTE_MS);
  await alice.say(bob, "are you there?");
  await w.pass(10 * MINUTE_MS);
  expect(await bob.sees(alice)).toEqual(await alice.sees(bob));
  await w.atRest(10 * MINUTE_MS);
});

test("[HE17] [HE18] a device that lost a contact hears from another of its account where they are", async () => {
  const w = await world(["phone", "laptop", "bob"], { atOther: ["phone"] });
  const { phone, laptop, bob } = w;
  await w.befriend(phone, bob);
  await phone.say(bob, "one");
  await w.pass(10 * SECOND_MS);
  await linked(phone, laptop);
  await w.pass(2 * MINUTE_MS);
  await bob.say(phone, "two");
  await w.pass(MINUTE_MS);
  expect(await laptop.sees(bob)).toContain("two");
  await phone.sleep();
  // What each had of the other counts nowhere any more; the laptop is told anew, the phone is not there.
  await losePaths(phone, bob);
  for (const it of [w.relay, w.otherRelay]) {
    it.forget();
    it.start();
  }
  for (const it of [laptop, bob]) {
    await it.sleep();
    await it.wake();
  }
  await w.pass(MINUTE_MS);
  for (let n = 0; n < 30; n += 1) await bob.say(laptop, `meanwhile ${n}`);
  await w.pass(2 * MINUTE_MS);
  await phone.wake();
  await w.pass(MINUTE_MS);
  await phone.say(bob, "are you there?");
  await w.pass(20 * MINUTE_MS);
  expect(await bob.sees(phone)).toContain("are you there?");
  expect(await phone.sees(bob)).toEqual(await bob.sees(phone));
  expect(await laptop.sees(bob)).toEqual(await bob.sees(laptop));
});
