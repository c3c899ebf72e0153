/** A device in a group that writes two entries under one number: seen, proved, and the same for all. */
import { expect, test } from "vitest";

import { bytesOf } from "../../sync/channel/channels.ts";
import { decodeBody } from "../../sync/entry/bodies.ts";
import { decodeEntry } from "../../sync/entry/entry.ts";
import { add, groupOf, hears, makeGroup, members, remove, rosterRow, tell } from "./group-talk.ts";
import type { Person } from "./person.ts";
import { MINUTE_MS, SECOND_MS, type World, world } from "./world.ts";

const NAMES = ["alice", "bob", "carol", "eve", "frank"] as const;
type Five = World<(typeof NAMES)[number]>;

/** Alice's group with Bob, Carol and Eve, who is an admin; Frank is Eve's contact and outside. */
async function four(): Promise<Five> {
  const w = await world(NAMES);
  const { alice, bob, carol, eve, frank } = w;
  for (const it of [bob, carol, eve]) await w.befriend(alice, it);
  await w.befriend(eve, frank);
  await makeGroup(alice, [bob, carol]);
  await w.pass(10 * SECOND_MS);
  await add(alice, eve, "admin");
  await w.pass(20 * SECOND_MS);
  for (const it of [alice, bob, carol, eve]) {
    await tell(it, `${it.name} is in`);
    await w.pass(5 * SECOND_MS);
  }
  await w.pass(2 * MINUTE_MS);
  return w;
}

/** Eve tells Alice and Bob one thing, and Carol another under the same number. */
async function fork(
  { alice, bob, carol, eve, pass }: Five,
  goOn: () => Promise<void> = () => Promise.resolve(),
  other: () => Promise<void> = () => tell(eve, "I vote no"),
): Promise<void> {
  const putBack = eve.backUp();
  await carol.sleep();
  await tell(eve, "I vote yes");
  await pass(10 * SECOND_MS);
  await eve.sleep();
  for (const it of [alice, bob]) await it.sleep();
  putBack();
  await eve.wake();
  // Before anybody could tell her device that its storage is an old one.
  await other();
  await goOn();
  await pass(5 * SECOND_MS);
  await carol.wake();
  await pass(10 * SECOND_MS);
}

/** What both entries of the forks say that somebody knows of. */
async function proofs(person: Person): Promise<readonly string[]> {
  const c = await groupOf(person);
  const rows = (await person.rows("forks")).filter((it) => it.c === c);
  return rows.flatMap(({ first, second }) => [textIn(first), textIn(second)]).toSorted();
}

function textIn(bytes: Uint8Array): string {
  const entry = decodeEntry(bytes);
  const body = entry.ok ? entry.value.body : null;
  const decoded = entry.ok && body !== null ? decodeBody(entry.value.core.kind, body) : undefined;
  return decoded?.ok === true && decoded.value.type === "message" ? decoded.value.text : "?";
}

test("[FK2] [FK3] [FK4] [FK5] who tells some yes and others no is found out, and all end alike", async () => {
  const w = await four();
  const { alice, bob, carol } = w;
  await fork(w);
  for (const it of [alice, bob]) await it.wake();
  await w.pass(3 * MINUTE_MS);
  for (const it of [alice, bob, carol]) {
    expect(await proofs(it), `${it.name} has the proof`).toEqual(["I vote no", "I vote yes"]);
    expect(await hears(it), `${it.name} sees neither in the conversation`).toEqual(
      ["alice", "bob", "carol", "eve"].map((name) => `${name} is in`),
    );
    const [row] = await it.rows("forks");
    const first = (await it.rows("entries")).find((e) => e.a === row?.a && e.s === row?.s);
    expect(first?.counts).toBe("no");
  }
  // The group goes on, and so does she: her device noticed, and writes a log of its own.
  await tell(bob, "which one is it?");
  await w.pass(5 * SECOND_MS);
  await tell(w.eve, "yes, my phone was put back");
  await w.pass(2 * MINUTE_MS);
  for (const it of [alice, bob, carol]) {
    expect((await hears(it)).slice(-2)).toEqual(["which one is it?", "yes, my phone was put back"]);
  }
  await w.atRest(5 * MINUTE_MS);
});

test("[FK4] [RO18] grants behind a fork are void, on every device alike", async () => {
  const w = await four();
  const { alice, bob, carol, eve, frank } = w;
  await fork(w, () => add(eve, frank));
  for (const it of [alice, bob]) await it.wake();
  await w.pass(3 * MINUTE_MS);
  const everybody = [alice, bob, carol, eve, frank];
  for (const it of [alice, bob, carol, eve]) {
    expect(await proofs(it), `${it.name} has the proof`).toHaveLength(2);
    expect(await members(it, everybody)).toEqual([
      "alice owner",
      "bob member",
      "carol member",
      "eve admin",
    ]);
  }
});

test("[FK4] [GP17] what a group is called behind a fork is not what it is called", async () => {
  const w = await four();
  const { alice, bob, carol, eve, relay } = w;
  const titleOf = async (it: Person): Promise<string> => (await rosterRow(it)).title;
  const before = await titleOf(alice);
  const putBack = eve.backUp();
  await carol.sleep();
  await tell(eve, "I vote yes");
  await w.pass(10 * SECOND_MS);
  for (const it of [eve, alice, bob]) await it.sleep();
  // Of the one thing Carol hears nothing, until Alice and Bob are there.
  const [mailbox] = await carol.rows("mailboxes");
  await relay.lose(bytesOf(mailbox?.mailbox ?? ""));
  putBack();
  await eve.wake();
  await tell(eve, "I vote no");
  const c = await groupOf(eve);
  expect(await eve.device.groups.describe(c, { title: "Eve's own" })).toMatchObject({ ok: true });
  await w.pass(5 * SECOND_MS);
  await carol.wake();
  await w.pass(5 * SECOND_MS);
  expect(await titleOf(carol)).toBe("Eve's own");
  for (const it of [alice, bob]) await it.wake();
  await w.pass(3 * MINUTE_MS);
  for (const it of [alice, bob, carol]) {
    expect(await proofs(it), `${it.name} has the proof`).toHaveLength(2);
    expect(await titleOf(it), `what ${it.name} reads`).toBe(before);
  }
});

test("[FK4] a removal behind a fork stands for those who hold the other half, too", async () => {
  const w = await four();
  const { alice, bob, carol, eve } = w;
  await fork(w, () => remove(eve, bob));
  for (const it of [alice, bob]) await it.wake();
  await w.pass(3 * MINUTE_MS);
  await tell(carol, "who is here?");
  await w.pass(3 * MINUTE_MS);
  for (const it of [alice, bob, carol, eve]) {
    expect(await proofs(it), `${it.name} has the proof`).toHaveLength(2);
    expect(await members(it, [alice, bob, carol, eve])).toEqual([
      "alice owner",
      "carol member",
      "eve admin",
    ]);
    expect(it.bugs).toEqual([]);
  }
});

test("[FK4] a removal that is itself one half of a fork stands for those who hold the other", async () => {
  const w = await four();
  const { alice, bob, carol, eve } = w;
  await fork(w, undefined, () => remove(eve, bob));
  for (const it of [alice, bob]) await it.wake();
  await w.pass(3 * MINUTE_MS);
  await tell(bob, "still here");
  await w.pass(3 * MINUTE_MS);
  for (const it of [alice, bob, carol]) {
    expect(await members(it, w.everybody), `${it.name} agrees`).toEqual([
      "alice owner",
      "carol member",
      "eve admin",
    ]);
    expect(it.bugs).toEqual([]);
  }
  // It is in the store as it is in memory.
  for (const it of [alice, carol]) {
    it.crash();
    await it.wake();
    await tell(it, `${it.name} goes on`);
    await w.pass(10 * SECOND_MS);
  }
  await w.pass(MINUTE_MS);
  expect((await hears(carol)).slice(-2)).toEqual(["alice goes on", "carol goes on"]);
});
