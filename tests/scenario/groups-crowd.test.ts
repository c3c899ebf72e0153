import { expect, test } from "vitest";

import { hears, makeGroup, members, rosterRow, tell } from "./group-talk.ts";
import { linked } from "./sibling.ts";
import { MINUTE_MS, SECOND_MS, world } from "./world.ts";

test("[GP22] many who come at once are told the roster in one envelope, and all end alike", async () => {
  const w = await world(["alice", "bob", "carol", "dave", "eve", "fay"]);
  const { alice, everybody } = w;
  const others = everybody.filter((it) => it !== alice);
  for (const it of others) await w.befriend(alice, it);
  await makeGroup(alice, others);
  await w.pass(30 * SECOND_MS);
  for (const it of everybody) {
    await tell(it, `${it.name} is in`);
    await w.pass(5 * SECOND_MS);
  }
  await w.atRest(MINUTE_MS);
  const said = everybody.map((it) => `${it.name} is in`);
  for (const it of everybody) {
    expect(await members(it, everybody), `${it.name} agrees`).toHaveLength(6);
    expect((await rosterRow(it)).digest).toBe((await rosterRow(alice)).digest);
    expect(await hears(it), `${it.name} hears all`).toEqual(said);
  }
});

test("[GP22] who lost what came under the chain asks for it", async () => {
  const names = ["alice", "bob", "carol", "dave", "eve"] as const;
  const w = await world(names, { atOther: ["bob"] });
  const { alice, bob, everybody } = w;
  const others = everybody.filter((it) => it !== alice);
  for (const it of others) await w.befriend(alice, it);
  // Of all that comes under a chain nothing reaches Bob.
  const isUnderChain = bob.isFaultyAt;
  bob.isFaultyAt = (table, row) =>
    table === "rosterOps" && "op" in row && row.op.act.type === "add";
  await makeGroup(alice, others);
  await w.pass(10 * SECOND_MS);
  bob.isFaultyAt = isUnderChain;
  expect(bob.bugs).not.toEqual([]);
  bob.bugs.length = 0;
  await tell(alice, "who is here?");
  await w.pass(3 * MINUTE_MS);
  await tell(bob, "I am");
  await w.pass(MINUTE_MS);
  expect((await rosterRow(bob)).digest).toBe((await rosterRow(alice)).digest);
  for (const it of everybody) expect(await hears(it)).toEqual(["who is here?", "I am"]);
});

test("[GP9] [GP10] in a large group a log is opened with the first word, not before", async () => {
  const w = await world(["alice", "bob", "carol"]);
  const { alice, bob, carol } = w;
  for (const it of [bob, carol]) await w.befriend(alice, it);
  const like = await alice.contact(bob);
  const strangers = Array.from({ length: 130 }, (_, n) => n.toString(16).padStart(64, "0"));
  await alice.change(async (tx) => {
    for (const account of strangers) await tx.put("contacts", { ...like, account, live: [] });
  });
  const made = await alice.device.groups.create("Crowd", [
    ...strangers,
    await bob.account(),
    await carol.account(),
  ]);
  expect(made.ok).toBe(true);
  await w.pass(30 * SECOND_MS);
  const c = (await bob.rows("channels")).find((it) => it.kind === "group")?.c ?? 0;
  const own = async (): Promise<number> =>
    (await bob.rows("logs")).filter((it) => it.c === c && it.own).length;
  expect((await rosterRow(bob)).members).toHaveLength(133);
  expect(await own()).toBe(0);
  await tell(alice, "hello");
  await w.pass(10 * SECOND_MS);
  expect(await own()).toBe(0);
  await tell(bob, "hello yourself");
  await w.pass(20 * SECOND_MS);
  expect(await own()).toBe(1);
  for (const it of [alice, bob]) {
    expect(await hears(it)).toEqual(["hello", "hello yourself"]);
    expect(it.bugs).toEqual([]);
  }
  // Somebody goes: Bob is handed the next chain, and not welcomed again.
  w.relay.counted();
  const gone = await carol.account();
  const at = (await alice.rows("channels")).find((it) => it.kind === "group")?.c ?? 0;
  expect(await alice.device.groups.remove(at, gone)).toEqual({ ok: true });
  await tell(alice, "one less");
  await w.pass(20 * SECOND_MS);
  // The removal for two, the chain, the words.
  expect(w.relay.counted()["put.stored"]).toBe(4);
  expect((await hears(bob)).at(-1)).toBe("one less");
});

test("[GP9] in a large group, too, a device that is linked later is at once, though its account never wrote", async () => {
  const w = await world(["alice", "bob", "laptop"]);
  const { alice, bob, laptop } = w;
  await w.befriend(alice, bob);
  const like = await alice.contact(bob);
  const strangers = Array.from({ length: 130 }, (_, n) => n.toString(16).padStart(64, "0"));
  await alice.change(async (tx) => {
    for (const account of strangers) await tx.put("contacts", { ...like, account, live: [] });
  });
  const made = await alice.device.groups.create("Crowd", [...strangers, await bob.account()]);
  expect(made).toMatchObject({ ok: true });
  await w.pass(30 * SECOND_MS);
  const bobs = (await bob.rows("channels")).find((it) => it.kind === "group");
  const own = (await bob.rows("entries")).filter((it) => it.c === bobs?.c && it.own);
  expect(own).toEqual([]);
  await linked(bob, laptop);
  await w.pass(20 * SECOND_MS);
  expect((await rosterRow(laptop)).digest).toBe((await rosterRow(bob)).digest);
  expect((await rosterRow(laptop)).members).toHaveLength(132);
  const logs = (await bob.rows("logs")).filter((it) => it.c === bobs?.c && it.own);
  expect(logs).toEqual([]);
});
