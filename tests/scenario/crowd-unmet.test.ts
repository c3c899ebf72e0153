/** Large groups, in which most have never met: whoever has what is missing can be asked all the same. */
import { expect, test } from "vitest";

import { bytesOf } from "../../sync/channel/channels.ts";
import { selfOf } from "./forge.ts";
import { hears, tell } from "./group-talk.ts";
import type { Person } from "./person.ts";
import { linked } from "./sibling.ts";
import { MINUTE_MS, SECOND_MS, world } from "./world.ts";

/** Alice's group of these, and of so many others that those alone meet who have something to say. */
async function crowd(alice: Person, people: readonly Person[], others = 40): Promise<void> {
  const like = await alice.contact(people[0]!);
  const strangers = Array.from({ length: others }, (_, n) => n.toString(16).padStart(64, "0"));
  await alice.change(async (tx) => {
    for (const account of strangers) await tx.put("contacts", { ...like, account, live: [] });
  });
  const accounts = await Promise.all(people.map((it) => it.account()));
  const made = await alice.device.groups.create("Crowd", [...strangers, ...accounts]);
  expect(made).toMatchObject({ ok: true });
}

/** As if 30 days had passed: nobody sends it again by himself. */
const giveUpSending = (person: Person): Promise<void> =>
  person.change(async (tx) => {
    for (const { n } of await tx.range("outbox", "primary", {})) await tx.delete("outbox", n ?? 0);
  });

test("[HE13] [HE23] what a member has whom we never met is asked of them, when all others are gone", async () => {
  const w = await world(["alice", "bob", "carol", "dave"]);
  const { alice, bob, carol, dave } = w;
  const others = [bob, carol, dave];
  for (const it of others) await w.befriend(alice, it);
  await crowd(alice, others);
  await w.pass(MINUTE_MS);
  await tell(carol, "here I am");
  await w.pass(MINUTE_MS);
  await dave.sleep();
  await tell(carol, "one");
  await w.pass(10 * SECOND_MS);
  const lost = await w.relay.lose(bytesOf((await dave.rows("mailboxes"))[0]?.mailbox ?? ""));
  expect(lost).toBeGreaterThan(0);
  await giveUpSending(carol);
  await tell(carol, "two");
  await w.pass(10 * SECOND_MS);
  for (const it of [alice, carol]) await it.sleep();
  await dave.wake();
  await w.pass(2 * SECOND_MS);
  const { device } = await selfOf(bob);
  expect((await dave.rows("sessions")).filter((it) => it.device === device)).toEqual([]);
  expect(await hears(dave)).toEqual(["here I am", "two"]);
  await w.pass(15 * MINUTE_MS);
  expect(await hears(dave)).toEqual(["here I am", "one", "two"]);
  for (const it of [bob, dave]) expect(it.bugs).toEqual([]);
});

test("[HE24] a device whose card nobody knew has what its account was told from another one of it", async () => {
  const w = await world(["alice", "bob", "carol", "laptop", "eve", "fay", "gus"]);
  const { alice, bob, carol, laptop, eve, fay, gus } = w;
  const talkers = [carol, eve, fay, gus];
  for (const it of [bob, ...talkers]) await w.befriend(alice, it);
  await linked(bob, laptop);
  await w.pass(MINUTE_MS);
  const { device } = await selfOf(laptop);
  await alice.change(async (tx) => {
    const row = await tx.get("devices", device);
    await tx.put("devices", { ...row!, card: null, cardCounter: 0 });
  });
  await crowd(alice, [bob, ...talkers]);
  await w.pass(MINUTE_MS);
  for (const it of talkers) await tell(it, `${it.name} is here`);
  await w.pass(5 * SECOND_MS);
  const isReached = async (it: Person): Promise<boolean> =>
    (await it.rows("devices")).some((row) => row.device === device && row.card !== null);
  expect([await isReached(carol), await isReached(gus)]).toEqual([false, false]);
  expect(await hears(bob)).toHaveLength(talkers.length);
  expect(await hears(laptop)).toEqual([]);
  await w.pass(45 * SECOND_MS);
  expect(await hears(laptop)).toEqual(await hears(bob));
  // By the next word they hear from it that it has theirs, and where it is.
  for (const it of talkers) await tell(it, `${it.name} goes on`);
  await w.pass(MINUTE_MS);
  expect(await hears(laptop)).toEqual(await hears(bob));
  expect([await isReached(carol), await isReached(gus)]).toEqual([true, true]);
  for (const it of w.everybody) expect(it.bugs).toEqual([]);
});
