import { expect, test } from "vitest";

import { equalBytes } from "../../crypto/base/bytes.ts";
import { handOverOf } from "../../crypto/chain/sender-chain.ts";
import { noteMissedChain } from "../../sync/heal/missed-chains.ts";
import { contentOf, GROUP_MEMBERS_MAX } from "../../sync/recovery/content.ts";
import type { Target } from "../../sync/store/rows.ts";
import { selfOf } from "./forge.ts";
import { groupOf, hears, makeGroup, members, rosterRow, tell } from "./group-talk.ts";
import type { Person } from "./person.ts";
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

/** Alice makes a group of these and of `others` who never had a device. */
async function crowd(
  { alice }: { readonly alice: Person },
  people: readonly Person[],
  others: number,
): Promise<void> {
  const [bob] = people;
  const like = await alice.contact(bob!);
  const strangers = Array.from({ length: others }, (_, n) => n.toString(16).padStart(64, "0"));
  await alice.change(async (tx) => {
    for (const account of strangers) await tx.put("contacts", { ...like, account, live: [] });
  });
  const accounts = await Promise.all(people.map((it) => it.account()));
  const made = await alice.device.groups.create("Crowd", [...strangers, ...accounts]);
  expect(made).toMatchObject({ ok: true });
}

test("[GP10] in a group of more than 32 those alone meet who have something to tell each other", async () => {
  const w = await world(["alice", "bob", "carol", "dave"]);
  const { alice, bob, carol, dave, everybody } = w;
  for (const it of [bob, carol, dave]) await w.befriend(alice, it);
  await crowd(w, [bob, carol, dave], 40);
  await w.pass(MINUTE_MS);
  const c = await groupOf(bob);
  const holders = async (): Promise<readonly string[]> => {
    const chain = (await bob.rows("ownChains")).find((it) => it.c === c);
    const names = await Promise.all(
      everybody.map(async (it) => {
        const id = await idOf(it);
        return chain?.holders.includes(id) === true ? it.name : "";
      }),
    );
    return names.filter((name) => name !== "");
  };
  const idOf = async (it: Person): Promise<string> => (await selfOf(it)).device;
  const isOpen = async (it: Person): Promise<boolean> => {
    const group = await groupOf(it);
    return (await it.rows("logs")).some((log) => log.c === group && log.own);
  };
  // Alice is told that Bob holds what she wrote. Nobody else is owed anything.
  expect(await holders()).toEqual([alice.name]);
  expect(await isOpen(bob)).toBe(false);
  expect(await unsettled(alice)).toEqual([]);
  await tell(carol, "here I am");
  await w.pass(MINUTE_MS);
  expect(await holders()).toEqual([alice.name, carol.name]);
  const daves = await idOf(dave);
  expect((await bob.rows("sessions")).filter((it) => it.device === daves)).toEqual([]);
  await tell(bob, "me too");
  await w.pass(MINUTE_MS);
  expect(await holders()).toEqual([alice.name, carol.name, dave.name]);
  for (const it of everybody) {
    expect(await hears(it)).toEqual(["here I am", "me too"]);
    expect(await unsettled(it)).toEqual([]);
  }
});

/** Whom they still have to reach. */
const unsettled = async (it: Person): Promise<readonly Target[]> =>
  (await it.rows("outbox"))
    .flatMap(({ targets }) => targets)
    .filter(({ state }) => state !== "done");

test("[OB16] the first word to many who were never met is sealed a few times, not once for each", async () => {
  const names = [
    "alice",
    "bob",
    "carol",
    "dave",
    "eve",
    "fay",
    "gus",
    "hal",
    "ida",
    "jan",
  ] as const;
  const w = await world(names);
  const { alice, bob, everybody } = w;
  const others = everybody.filter((it) => it !== alice);
  for (const it of others) await w.befriend(alice, it);
  await crowd(w, others, 40);
  await w.pass(MINUTE_MS);
  await tell(bob, "hello all of you");
  await w.pass(5 * SECOND_MS);
  for (const it of everybody) expect(await hears(it)).toEqual(["hello all of you"]);
  const words = (await bob.rows("outbox")).filter((it) => it.what === "entry" && it.s === 2);
  expect(words.flatMap(({ targets }) => targets)).toHaveLength(everybody.length - 1);
  expect(words.length).toBeLessThanOrEqual(3);
});

/** Ten people in a group of Alice's, who knows all the others. */
async function ten() {
  const names = [
    "alice",
    "bob",
    "carol",
    "dave",
    "eve",
    "fay",
    "gus",
    "hal",
    "ida",
    "jan",
  ] as const;
  const w = await world(names);
  const { alice, everybody } = w;
  const others = everybody.filter((it) => it !== alice);
  for (const it of others) await w.befriend(alice, it);
  await makeGroup(alice, others);
  await w.pass(MINUTE_MS);
  return { ...w, others };
}

test("[RV1] of who is in a group with us the capsule tells eight", async () => {
  const { alice, bob, everybody } = await ten();
  const self = await selfOf(bob);
  const told = await bob.change((tx) => contentOf(tx, self));
  const whom = await Promise.all(
    everybody.map(async (it) => {
      const { accountKey } = await selfOf(it);
      const isTold = told.contacts.some((known) =>
        equalBytes(known.introduction.accountKey, accountKey),
      );
      return isTold ? it.name : "";
    }),
  );
  // Alice is his contact, and the first in the group; the last who came is left to them.
  expect(whom.filter((name) => name !== "")).toHaveLength(GROUP_MEMBERS_MAX);
  expect(whom).toContain(alice.name);
});

test("[HE6] who handed us a chain before the group was here is asked for what came under it", async () => {
  const w = await ten();
  const { jan, others } = w;
  // As if she had met four of them elsewhere, and their chains had overtaken her welcome.
  const authors = others.slice(0, 4);
  const here = await groupOf(jan);
  for (const author of authors) {
    const at = await groupOf(author);
    const { device } = await selfOf(author);
    const chain = (await author.rows("ownChains")).find((it) => it.c === at);
    await jan.change(async (tx) => {
      const range = { lower: [device, here], upper: [device, here] };
      for (const { n } of await tx.range("peerChains", "device", range)) {
        await tx.delete("peerChains", n ?? 0);
      }
      await noteMissedChain(tx, device, { chain: handOverOf(chain!.state) });
    });
  }
  for (const author of authors) await tell(author, "can you hear me?");
  await w.pass(SECOND_MS);
  expect(await hears(jan)).toEqual([]);
  await w.pass(6 * SECOND_MS);
  expect(await hears(jan)).toEqual(authors.map(() => "can you hear me?"));
});

test("[CU6] [GP10] in a large group our own devices agree on what was read though we wrote nothing", async () => {
  const w = await world(["alice", "bob", "laptop"]);
  const { alice, bob, laptop } = w;
  await w.befriend(alice, bob);
  await linked(bob, laptop);
  await w.pass(MINUTE_MS);
  await crowd(w, [bob], 140);
  await w.pass(MINUTE_MS);
  await tell(alice, "hello");
  await w.pass(MINUTE_MS);
  const unread = async (it: Person): Promise<number> => {
    const c = await groupOf(it);
    return (await it.rows("channels")).find((row) => row.c === c)?.unread ?? -1;
  };
  expect([await unread(bob), await unread(laptop)]).toEqual([1, 1]);
  await bob.device.markRead(await groupOf(bob));
  await w.pass(MINUTE_MS);
  expect([await unread(bob), await unread(laptop)]).toEqual([0, 0]);
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
