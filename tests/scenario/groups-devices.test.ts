import { expect, test } from "vitest";

import { add, hears, makeGroup, members, tell } from "./group-talk.ts";
import type { Person } from "./person.ts";
import { linked } from "./sibling.ts";
import { MINUTE_MS, SECOND_MS, world } from "./world.ts";

/** Nothing of the group waits; in the chats of a new device it may, until the other side writes. */
async function isSettled(everybody: readonly Person[]): Promise<void> {
  for (const it of everybody) {
    const c = (await it.rows("channels")).find(({ kind }) => kind === "group")?.c;
    const left = (await it.rows("outbox")).filter((row) => row.c === c);
    expect(
      left.map(({ what, a, s }) => `${what} ${a}/${s}`),
      `${it.name} has nothing to send`,
    ).toEqual([]);
    expect(it.bugs).toEqual([]);
  }
}

test("[GP9] a group made on one device is on the other as well, and both write in it", async () => {
  const w = await world(["phone", "laptop", "bob", "carol"]);
  const { phone, laptop, bob, carol } = w;
  await w.befriend(phone, bob);
  await w.befriend(phone, carol);
  await linked(phone, laptop);
  await w.pass(MINUTE_MS);
  await makeGroup(phone, [bob]);
  await w.pass(30 * SECOND_MS);
  await tell(laptop, "from the laptop");
  await w.pass(10 * SECOND_MS);
  await tell(bob, "from bob");
  await w.pass(10 * SECOND_MS);
  await add(laptop, carol);
  await w.pass(20 * SECOND_MS);
  await tell(carol, "from carol");
  await w.pass(10 * SECOND_MS);
  await tell(phone, "from the phone");
  await w.pass(2 * MINUTE_MS);
  await isSettled(w.everybody);
  const all = ["from the laptop", "from bob", "from carol", "from the phone"];
  for (const it of [phone, laptop, bob]) expect(await hears(it), `${it.name} hears`).toEqual(all);
  expect(await hears(carol)).toEqual(all.slice(2));
  const own = (await laptop.rows("entries")).filter((it) => it.text === "from the phone");
  expect(own.map((it) => it.own)).toEqual([true]);
});

test("[GP9] a device that is linked later is in the group at once, and reads what was said", async () => {
  const w = await world(["phone", "laptop", "bob"]);
  const { phone, laptop, bob } = w;
  await w.befriend(phone, bob);
  await makeGroup(phone, [bob]);
  await w.pass(30 * SECOND_MS);
  await tell(bob, "before");
  await w.pass(30 * SECOND_MS);
  await linked(phone, laptop);
  await w.pass(5 * SECOND_MS);
  expect(await members(laptop, [phone, bob])).toEqual(["bob member", "phone owner"]);
  expect(await hears(laptop)).toEqual(["before"]);
  await tell(laptop, "next");
  await w.pass(30 * SECOND_MS);
  await tell(bob, "after");
  await w.pass(3 * MINUTE_MS);
  await isSettled(w.everybody);
  for (const it of w.everybody) expect(await hears(it)).toEqual(["before", "next", "after"]);
});

test("[GP9] nobody wrote in the group: a device that is linked later is in it all the same", async () => {
  const w = await world(["phone", "laptop", "bob"]);
  const { phone, laptop, bob } = w;
  await w.befriend(phone, bob);
  await makeGroup(phone, [bob]);
  await w.pass(30 * SECOND_MS);
  await linked(bob, laptop);
  await w.pass(5 * SECOND_MS);
  expect(await members(laptop, [phone, bob])).toEqual(["bob member", "phone owner"]);
});
