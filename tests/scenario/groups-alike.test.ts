/** What must be shown of groups: each with its outcome, on every device alike. */
import { expect, test } from "vitest";

import {
  add,
  groupOf,
  hears,
  makeGroup,
  members,
  remove,
  rosterRow,
  tell,
  timeline,
} from "./group-talk.ts";
import type { Person } from "./person.ts";
import { linked } from "./sibling.ts";
import { DAY_MS, MINUTE_MS, SECOND_MS, world } from "./world.ts";

const makeAdmin = async (by: Person, who: Person): Promise<void> => {
  const given = await by.device.groups.setRole(await groupOf(by), await who.account(), "admin");
  expect(given).toEqual({ ok: true });
};

test("[GP15] [RO17] two admins with two devices each remove each other while apart: all six devices end alike", async () => {
  const names = ["alice", "bob", "bobs", "carol", "carols", "tablet"] as const;
  const w = await world(names, { atOther: ["carol", "carols", "tablet"] });
  const { alice, bob, bobs, carol, carols, tablet } = w;
  const [here, there] = [
    [alice, bob, bobs],
    [tablet, carol, carols],
  ];
  await w.befriend(alice, bob);
  await w.befriend(alice, carol);
  await linked(bob, bobs);
  await linked(carol, carols);
  await linked(alice, tablet);
  await w.pass(MINUTE_MS);
  await makeGroup(alice, [bob]);
  await w.pass(30 * SECOND_MS);
  await add(alice, carol);
  await w.pass(MINUTE_MS);
  const accounts = [alice, bob, carol];
  const everybodySees = async (people: readonly Person[], all: readonly string[]) => {
    for (const it of people) expect(await members(it, accounts), `${it.name} agrees`).toEqual(all);
  };
  await everybodySees(w.everybody, ["alice owner", "bob member", "carol member"]);
  // Bob is made admin, and removes Carol, where nobody of the other relay hears of it.
  w.killRelay(w.otherRelay);
  await makeAdmin(alice, bob);
  await w.pass(20 * SECOND_MS);
  await everybodySees(here, ["alice owner", "bob admin", "carol member"]);
  await remove(bob, carol);
  await w.pass(20 * SECOND_MS);
  await tell(bobs, "she is out");
  await w.pass(20 * SECOND_MS);
  // Carol is made admin by Alice's tablet, and removes Bob: she knows as little of him as he of her.
  for (const it of here) it.disconnect();
  w.otherRelay.start();
  await w.pass(MINUTE_MS);
  await everybodySees(there, ["alice owner", "bob member", "carol member"]);
  await makeAdmin(tablet, carol);
  await w.pass(20 * SECOND_MS);
  await everybodySees(there, ["alice owner", "bob member", "carol admin"]);
  await remove(carol, bob);
  await w.pass(20 * SECOND_MS);
  await tell(carols, "he is out");
  await w.pass(20 * SECOND_MS);
  await everybodySees(here, ["alice owner", "bob admin"]);
  await everybodySees(there, ["alice owner", "carol admin"]);
  // Of two admins the one who has been a member longer ranks higher: Bob's word stands.
  for (const it of here) it.reconnect();
  await w.pass(3 * MINUTE_MS);
  await everybodySees(w.everybody, ["alice owner", "bob admin"]);
  const { digest } = await rosterRow(alice);
  for (const it of w.everybody) {
    expect((await rosterRow(it)).digest, `${it.name} agrees`).toBe(digest);
    expect(it.bugs).toEqual([]);
  }
  for (const it of [alice, tablet, bob, bobs]) {
    expect(await hears(it), `${it.name} agrees`).toEqual(["she is out"]);
  }
  const said = (await timeline(carols)).find((it) => it.text === "he is out");
  expect(said).toMatchObject({ counts: "no", own: true });
});

test("[OR1] [CL6] a member whose clock is ten years ahead: one order everywhere, and nobody is shut out", async () => {
  const w = await world(["alice", "bob", "carol"]);
  const { alice, bob, carol, everybody } = w;
  await w.befriend(alice, bob);
  await w.befriend(alice, carol);
  await makeGroup(alice, [bob, carol]);
  await w.pass(20 * SECOND_MS);
  await tell(alice, "today");
  await w.pass(5 * SECOND_MS);
  await bob.sleep();
  bob.skewMs = 10 * 365 * DAY_MS;
  await bob.wake();
  await w.pass(20 * SECOND_MS);
  await tell(bob, "from the future");
  await w.pass(10 * SECOND_MS);
  for (const it of [carol, alice]) {
    await tell(it, `${it.name} answers`);
    await w.pass(10 * SECOND_MS);
  }
  await tell(bob, "again");
  await w.pass(20 * SECOND_MS);
  const all = ["today", "from the future", "carol answers", "alice answers", "again"];
  for (const it of everybody) expect(await hears(it), `${it.name} agrees`).toEqual(all);
  // What decides rights reads no clock.
  await remove(alice, bob);
  await w.pass(10 * SECOND_MS);
  await tell(carol, "he is out");
  await w.atRest(2 * MINUTE_MS);
  for (const it of everybody) {
    expect(await members(it, everybody)).toEqual(["alice owner", "carol member"]);
    expect(it.bugs).toEqual([]);
  }
  for (const it of [alice, carol]) expect(await hears(it)).toEqual([...all, "he is out"]);
  expect(await hears(bob)).toEqual(all);
});

test("[GP12] [FK1] a removed member who is put back and goes on in a group: heard by nobody, on no device", async () => {
  const w = await world(["alice", "bob", "carol", "tablet"]);
  const { alice, bob, carol, tablet } = w;
  await w.befriend(alice, bob);
  await w.befriend(alice, carol);
  await linked(alice, tablet);
  await w.pass(MINUTE_MS);
  await makeGroup(alice, [bob, carol]);
  await w.pass(30 * SECOND_MS);
  await tell(bob, "in time");
  await w.pass(20 * SECOND_MS);
  const restore = bob.backUp();
  await tell(bob, "in time too");
  await w.pass(20 * SECOND_MS);
  await remove(alice, bob);
  await w.pass(20 * SECOND_MS);
  await bob.sleep();
  restore();
  await bob.wake();
  await tell(bob, "too late");
  await w.pass(MINUTE_MS);
  await tell(carol, "who was that?");
  await w.pass(2 * MINUTE_MS);
  const heard = await hears(alice);
  expect(heard).not.toContain("too late");
  expect(heard.slice(-1)).toEqual(["who was that?"]);
  for (const it of [carol, tablet]) expect(await hears(it), `${it.name} agrees`).toEqual(heard);
  for (const it of w.everybody) {
    expect(await members(it, [alice, bob, carol])).not.toContain("bob member");
    expect(it.bugs).toEqual([]);
  }
});
