/** Messages that disappear: for both, by the time that passed, and whatever comes later. */
import { expect, test } from "vitest";

import { decodeEntry } from "../../sync/entry/entry.ts";
import { KINDS } from "../../sync/entry/kinds.ts";
import type { EntryRow } from "../../sync/store/rows.ts";
import type { Person } from "./person.ts";
import { linked } from "./sibling.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS, world } from "./world.ts";

const YEAR_MS = 366 * DAY_MS;

async function setTimer(by: Person, other: Person, lifetimeMs: number): Promise<void> {
  const set = await by.device.expiry.setTimer(await by.chatWith(other), lifetimeMs);
  expect(set.ok).toBe(true);
}
/** Messages that are painted. */
async function said(by: Person, other: Person): Promise<readonly string[]> {
  const views = await by.views(other);
  return views.filter(({ row }) => row.kind === KINDS.message.number).map(({ view }) => view.text);
}
const messageRow = async (by: Person, id: string): Promise<EntryRow> =>
  (await by.rows("entries")).find((it) => it.id === id)!;

async function pair() {
  const rig = await world(["alice", "bob"]);
  await rig.befriend(rig.alice, rig.bob);
  await setTimer(rig.alice, rig.bob, HOUR_MS);
  await rig.pass(5 * SECOND_MS);
  return rig;
}

test("[MO23] [MO37] counted from the sending, what nobody read goes as well", async () => {
  const { alice, bob, pass } = await pair();
  const set = await alice.device.expiry.setTimer(await alice.chatWith(bob), HOUR_MS, "sent");
  expect(set.ok).toBe(true);
  await pass(5 * SECOND_MS);
  await alice.say(bob, "quick");
  await pass(5 * SECOND_MS);
  expect([await said(bob, alice), await bob.unread(alice)]).toEqual([["quick"], 1]);
  await pass(HOUR_MS - MINUTE_MS);
  expect(await said(bob, alice)).toEqual(["quick"]);
  await pass(2 * MINUTE_MS);
  expect([await said(alice, bob), await said(bob, alice)]).toEqual([[], []]);
  expect(await bob.unread(alice)).toBe(0);
  const lines = (await bob.entries(alice)).filter((it) => it.kind === KINDS.meta.number);
  expect(lines.map(({ meta }) => meta?.timer?.from)).toEqual(["read", "sent"]);
});

test("[MO37] either sets the timer, both keep it, and a line says who did", async () => {
  const { alice, bob, pass, atRest } = await pair();
  for (const [one, other] of [
    [alice, bob],
    [bob, alice],
  ] as const) {
    const channel = (await one.rows("channels")).find((it) => it.kind === "dm");
    expect(channel?.timer?.value).toEqual({ lifetimeMs: HOUR_MS, from: "read" });
    const lines = (await one.entries(other)).filter((it) => it.kind === KINDS.meta.number);
    expect(lines.map(({ own, meta }) => [own, meta?.timer?.lifetimeMs])).toEqual([
      [one === alice, HOUR_MS],
    ]);
    expect(await one.unread(other)).toBe(0);
  }
  await setTimer(bob, alice, 0);
  await pass(5 * SECOND_MS);
  const stays = await alice.say(bob, "for good");
  await pass(2 * DAY_MS);
  expect((await messageRow(alice, stays)).lifetimeMs).toBeUndefined();
  expect(await said(bob, alice)).toEqual(["for good"]);
  const c = await alice.chatWith(bob);
  for (const bad of [1.5, -1, 999, YEAR_MS + 1, Number.NaN]) {
    const set = await alice.device.expiry.setTimer(c, bad);
    expect(set).toEqual({ ok: false, error: { type: "TimerInvalid" } });
  }
  await atRest();
});

test("[MO23] it counts from the writing for its author, from the reading for the other", async () => {
  const { alice, bob, pass, atRest } = await pair();
  await alice.say(bob, "soon gone");
  await pass(59 * MINUTE_MS);
  expect(await said(alice, bob)).toEqual(["soon gone"]);
  await pass(3 * MINUTE_MS);
  expect(await said(alice, bob)).toEqual([]);
  expect(await said(bob, alice)).toEqual(["soon gone"]);
  await bob.read(alice);
  await pass(59 * MINUTE_MS);
  expect(await said(bob, alice)).toEqual(["soon gone"]);
  await pass(3 * MINUTE_MS);
  expect(await said(bob, alice)).toEqual([]);
  await atRest();
});

test("[MO25] words, versions, reactions and stars go; Core and signature stay, and no count lies", async () => {
  const { alice, bob, pass, atRest } = await pair();
  const id = await alice.say(bob, "the words");
  const c = await alice.chatWith(bob);
  await alice.device.acts.edit(c, id, "the better words");
  await pass(5 * SECOND_MS);
  await bob.device.acts.react(await bob.chatWith(alice), id, "👍", true);
  await bob.device.acts.star(await bob.chatWith(alice), id, true);
  await setTimer(bob, alice, 0);
  await bob.device.send(await bob.chatWith(alice), "an answer", { replyTo: id });
  await bob.read(alice);
  await pass(2 * HOUR_MS);
  for (const [one, other] of [
    [alice, bob],
    [bob, alice],
  ] as const) {
    expect(await said(one, other)).toEqual(["an answer"]);
    const { bytes, shown } = await messageRow(one, id);
    const entry = decodeEntry(bytes);
    expect(shown).toBe(0);
    expect(entry.ok && [entry.value.body, entry.value.salt]).toEqual([null, null]);
    expect(entry.ok && entry.value.signature).not.toBeNull();
    const rows = await one.rows("entries");
    expect(JSON.stringify(rows)).not.toContain("words");
    for (const row of rows) expect(Buffer.from(row.bytes).includes("words")).toBe(false);
    const aggregates = (await one.rows("aggregates")).map((it) => it.aggregate);
    expect(aggregates.map((it) => [it.hidden, it.versions.length, it.star])).toEqual([
      [true, 0, null],
    ]);
    const channel = (await one.rows("channels")).find((it) => it.kind === "dm");
    expect(channel?.preview?.text).toBe("an answer");
    expect(await one.rows("expiry")).toEqual([]);
  }
  // What is said about it later finds nothing to bring back.
  await alice.device.acts.edit(c, id, "again");
  expect(await said(alice, bob)).toEqual(["an answer"]);
  await atRest();
});

test("[MO24] a clock that is set a year ahead deletes nothing, and back again neither", async () => {
  const { alice, bob, pass, atRest } = await pair();
  await alice.say(bob, "still here");
  await pass(MINUTE_MS);
  alice.skewMs = YEAR_MS;
  await pass(5 * MINUTE_MS);
  expect(await said(alice, bob)).toEqual(["still here"]);
  alice.skewMs = 0;
  await pass(5 * MINUTE_MS);
  expect(await said(alice, bob)).toEqual(["still here"]);
  await pass(2 * HOUR_MS);
  expect(await said(alice, bob)).toEqual([]);
  await atRest(5 * MINUTE_MS);
});

test("[MO24] a clock that was a year ahead when it was written keeps it no longer than its life", async () => {
  const { alice, bob, pass, atRest } = await pair();
  alice.skewMs = YEAR_MS;
  await pass(MINUTE_MS);
  await alice.say(bob, "not for a year");
  await pass(MINUTE_MS);
  alice.skewMs = 0;
  await pass(3 * HOUR_MS);
  expect(await said(alice, bob)).toEqual([]);
  await atRest(5 * MINUTE_MS);
});

test("[MO40] without a network it goes as well, by the time that the process waited", async () => {
  const { alice, bob, pass, atRest } = await pair();
  await alice.say(bob, "on a plane");
  await pass(MINUTE_MS);
  alice.disconnect();
  await pass(2 * HOUR_MS);
  expect(await said(alice, bob)).toEqual([]);
  alice.reconnect();
  await pass(MINUTE_MS);
  await atRest();
});

test("[MO40] what was not sent yet waits until it was", async () => {
  const { alice, bob, pass, atRest } = await pair();
  alice.disconnect();
  await alice.say(bob, "late but here");
  await pass(3 * HOUR_MS);
  expect(await said(alice, bob)).toEqual(["late but here"]);
  alice.reconnect();
  await pass(5 * MINUTE_MS);
  expect(await said(bob, alice)).toEqual(["late but here"]);
  expect(await said(alice, bob)).toEqual([]);
  await atRest();
});

test("[MO25] a device that was closed past its time does not show it again", async () => {
  const { alice, bob, pass, atRest } = await pair();
  await alice.say(bob, "while you sleep");
  await pass(5 * SECOND_MS);
  await bob.read(alice);
  await pass(5 * SECOND_MS);
  await bob.sleep();
  await pass(DAY_MS);
  await bob.wake();
  await pass(10 * SECOND_MS);
  expect(await said(bob, alice)).toEqual([]);
  await atRest();
});

test("[MO39] who comes when it is over gets what is left, shows nothing and misses nothing", async () => {
  const { phone, laptop, bob, pass, befriend } = await world(["phone", "laptop", "bob"]);
  await befriend(phone, bob);
  await setTimer(phone, bob, HOUR_MS);
  await phone.say(bob, "ours, soon gone");
  await pass(SECOND_MS);
  await bob.say(phone, "theirs, soon gone");
  await pass(SECOND_MS);
  await phone.read(bob);
  await pass(2 * HOUR_MS);
  await setTimer(phone, bob, 0);
  await phone.say(bob, "for good");
  await pass(SECOND_MS);
  await linked(phone, laptop);
  await pass(2 * MINUTE_MS);
  expect(await said(laptop, bob)).toEqual(["for good"]);
  expect(laptop.dropped).toEqual([]);
  const channel = (await laptop.rows("channels")).find((it) => it.kind === "dm");
  expect([channel?.history, channel?.unread, channel?.timer?.value.lifetimeMs]).toEqual([
    undefined,
    0,
    0,
  ]);
  const there = new Map((await phone.rows("logs")).map(({ log, known }) => [log, known]));
  const here = (await laptop.rows("logs")).filter(
    ({ log, c }) => c === channel?.c && there.has(log),
  );
  expect(here.length).toBeGreaterThan(1);
  expect(here.map(({ known }) => known)).toEqual(here.map(({ log }) => there.get(log)));
  expect([...phone.bugs, ...laptop.bugs, ...bob.bugs]).toEqual([]);
});

test("[MO38] what our account read elsewhere long ago is over when it comes here", async () => {
  const { phone, laptop, bob, pass, befriend, atRest } = await world(["phone", "laptop", "bob"]);
  await befriend(phone, bob);
  await linked(phone, laptop);
  await pass(20 * SECOND_MS);
  await setTimer(phone, bob, HOUR_MS);
  await pass(5 * SECOND_MS);
  await laptop.sleep();
  await bob.say(phone, "read on the phone");
  await phone.say(bob, "written on the phone");
  await pass(5 * SECOND_MS);
  await phone.read(bob);
  await pass(DAY_MS);
  await laptop.wake();
  await pass(MINUTE_MS);
  expect(await said(laptop, bob)).toEqual([]);
  await bob.say(phone, "new");
  await pass(5 * SECOND_MS);
  expect(await said(laptop, bob)).toEqual(["new"]);
  await atRest();
});

test("[MO37] in a group admins set the timer, and it holds for what everybody writes", async () => {
  const { alice, bob, befriend, pass } = await world(["alice", "bob"]);
  await befriend(alice, bob);
  const made = await alice.device.groups.create("Choir", [await bob.account()]);
  if (!made.ok) throw new Error(made.error.type);
  await pass(10 * SECOND_MS);
  const inBob = (await bob.rows("channels")).find((it) => it.kind === "group")?.c ?? 0;
  expect(await bob.device.expiry.setTimer(inBob, HOUR_MS)).toMatchObject({
    error: { type: "RoleTooLow" },
  });
  expect((await alice.device.expiry.setTimer(made.value.c, HOUR_MS)).ok).toBe(true);
  await pass(10 * SECOND_MS);
  const sent = await bob.device.send(inBob, "a member's words");
  await pass(10 * SECOND_MS);
  const id = sent.ok ? sent.value.id : "";
  expect((await messageRow(alice, id)).lifetimeMs).toBe(HOUR_MS);
  await alice.device.markRead(made.value.c);
  await pass(2 * HOUR_MS);
  for (const person of [alice, bob]) {
    expect(await messageRow(person, id)).toMatchObject({ text: "", shown: 0, erased: true });
    expect(person.bugs).toEqual([]);
  }
});
