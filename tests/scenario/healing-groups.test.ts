/** Groups whose relay loses, withholds or forges: what others have is seen, asked for, and told of. */
import { expect, test } from "vitest";

import { bytesOf } from "../../sync/channel/channels.ts";
import { add, groupOf, hears, makeGroup, members, remove, tell } from "./group-talk.ts";
import type { Person } from "./person.ts";
import { MINUTE_MS, SECOND_MS, type World, world } from "./world.ts";

const mailboxOf = async (person: Person): Promise<Uint8Array> =>
  bytesOf((await person.rows("mailboxes"))[0]?.mailbox ?? "");

/** As if 30 days had passed: nobody sends it again by himself. */
const giveUpSending = (person: Person): Promise<void> =>
  person.change(async (tx) => {
    for (const { n } of await tx.range("outbox", "primary", {})) await tx.delete("outbox", n ?? 0);
  });

const NAMES = ["alice", "bob", "carol", "dave", "eve"] as const;

/** Five people in a group in which everybody has said something. */
async function five(): Promise<World<(typeof NAMES)[number]>> {
  const w = await world(NAMES);
  const { alice, everybody } = w;
  const others = everybody.filter((it) => it !== alice);
  for (const it of others) await w.befriend(alice, it);
  await makeGroup(alice, others);
  await w.pass(20 * SECOND_MS);
  for (const it of everybody) {
    await tell(it, `${it.name} is in`);
    await w.pass(5 * SECOND_MS);
  }
  await w.pass(2 * MINUTE_MS);
  return w;
}

/** How much of the group each account brought back, by name. */
async function broughtBack(
  person: Person,
  everybody: readonly Person[],
): Promise<Readonly<Record<string, number>>> {
  const c = await groupOf(person);
  const counts: Record<string, number> = {};
  for (const row of (await person.rows("healed")).filter((it) => it.c === c)) {
    for (const it of everybody) {
      if ((await it.account()) === row.account) counts[it.name] = row.count;
    }
  }
  return counts;
}

test("[HE16] the relay's store is deleted while three of five are away: peers bring back what its author cannot, and it is said who", async () => {
  const w = await five();
  const { alice, bob, carol, dave, eve, everybody, relay } = w;
  for (const it of [carol, dave, eve]) await it.sleep();
  for (let n = 1; n <= 6; n += 1) await tell(alice, `alice ${n}`);
  await w.pass(10 * SECOND_MS);
  await tell(bob, "bob 1");
  await w.pass(10 * SECOND_MS);
  // Alice is gone before anybody notices, so nobody but Bob has what she wrote.
  await alice.sleep();
  w.killRelay(relay, { forgets: true });
  relay.start();
  await w.pass(MINUTE_MS);
  for (const it of [carol, dave, eve]) await it.wake();
  await w.pass(3 * MINUTE_MS);
  for (const it of [carol, dave, eve]) {
    expect(await hears(it), `${it.name} has it all`).toEqual(await hears(bob));
    const healed = await broughtBack(it, everybody);
    expect(Object.keys(healed), `${it.name} is told who`).not.toContain("alice");
    const back = (await it.rows("entries")).filter((row) => row.healedBy !== undefined);
    const lost = [1, 2, 3, 4, 5, 6].map((n) => `alice ${n}`);
    expect(back.map((row) => row.text)).toEqual(expect.arrayContaining(lost));
    const count = Object.values(healed).reduce((sum, each) => sum + each, 0);
    expect(count, `${it.name} is told how much`).toBe(back.length);
  }
  await alice.wake();
  await w.atRest(5 * MINUTE_MS);
  const all = await hears(alice);
  expect(all).toHaveLength(12);
  for (const it of everybody) expect(await hears(it), `${it.name} agrees`).toEqual(all);
});

test("[HE12] [HE13] a relay that drops what one author wrote is found out by the next message of anybody, and peers repair it", async () => {
  const w = await five();
  const { alice, bob, carol, everybody, relay } = w;
  await bob.sleep();
  for (const text of ["one", "two"]) await tell(alice, text);
  await w.pass(5 * SECOND_MS);
  // All that waits for Bob was written by Alice; it goes, and she does not send it again.
  expect(await relay.lose(await mailboxOf(bob))).toBeGreaterThanOrEqual(2);
  await giveUpSending(alice);
  await alice.sleep();
  await tell(carol, "did you see that?");
  // Carol's receipts and digests are dropped as well: her message alone tells.
  await bob.wake();
  await w.pass(SECOND_MS);
  expect((await hears(bob)).at(-1)).toBe("did you see that?");
  expect(await hears(bob)).not.toContain("one");
  await w.pass(30 * SECOND_MS);
  expect((await hears(bob)).slice(-3)).toEqual(["one", "two", "did you see that?"]);
  expect(Object.keys(await broughtBack(bob, everybody))).not.toContain("alice");
  await alice.wake();
  await w.atRest(5 * MINUTE_MS);
});

test("[DG3] [DG4] [DG5] [DG6] what a relay withholds for good is found out by a digest, though nobody writes any more", async () => {
  const w = await five();
  const { alice, bob, everybody, relay } = w;
  await bob.sleep();
  await tell(alice, "the last word");
  await w.pass(10 * MINUTE_MS);
  await giveUpSending(alice);
  // Everything that could tell Bob of it is lost: receipts of the others and digests, too.
  await relay.lose(await mailboxOf(bob));
  await bob.wake();
  await w.pass(2 * MINUTE_MS);
  expect((await hears(bob)).at(-1)).toBe("the last word");
  await w.atRest(5 * MINUTE_MS);
  for (const it of everybody) expect(await hears(it)).toEqual(await hears(alice));
});

test("[HE12] [HE14] what nobody can supply is told after three questions, and heals when a holder appears", async () => {
  const w = await five();
  const { alice, bob, carol, dave, eve, relay } = w;
  await bob.sleep();
  for (const text of ["one", "two"]) await tell(alice, text);
  await w.pass(5 * SECOND_MS);
  await relay.lose(await mailboxOf(bob));
  await giveUpSending(alice);
  for (const it of [alice, dave, eve]) await it.sleep();
  await tell(carol, "anybody?");
  await w.pass(5 * SECOND_MS);
  await carol.sleep();
  await bob.wake();
  const c = await groupOf(bob);
  await w.pass(10 * SECOND_MS);
  expect(bob.status?.missing[c]).toBeUndefined();
  await w.pass(2 * MINUTE_MS);
  expect(bob.status?.missing[c]).toBe(2);
  for (const it of [alice, carol, dave, eve]) await it.wake();
  await w.pass(15 * MINUTE_MS);
  expect((await hears(bob)).slice(-3)).toEqual(["one", "two", "anybody?"]);
  expect(bob.status?.missing[c]).toBeUndefined();
  await w.atRest();
});

test("[DG2] [HE15] who may not read what was before does not ask for it, nor seems to miss it", async () => {
  const w = await world(["alice", "bob", "carol", "dave"]);
  const { alice, bob, carol, dave, relay } = w;
  for (const it of [bob, carol, dave]) await w.befriend(alice, it);
  await makeGroup(alice, [bob, carol]);
  await w.pass(20 * SECOND_MS);
  for (const it of [alice, bob, carol]) {
    await tell(it, `${it.name} was here before`);
    await w.pass(5 * SECOND_MS);
  }
  await add(alice, dave);
  await w.pass(MINUTE_MS);
  for (const it of [alice, bob, carol, dave]) {
    await tell(it, `${it.name} is here`);
    await w.pass(5 * SECOND_MS);
  }
  await w.pass(10 * MINUTE_MS);
  expect(await hears(dave)).toEqual([
    "alice is here",
    "bob is here",
    "carol is here",
    "dave is here",
  ]);
  expect(dave.status?.missing).toEqual({});
  expect(await dave.rows("healed")).toEqual([]);
  relay.counted();
  await w.pass(60 * MINUTE_MS);
  expect(relay.counted()["put.stored"] ?? 0).toBe(0);
  await w.atRest();
});

test("[DG7] a relay that says it has what it threw away does not keep a last word from anybody", async () => {
  const w = await five();
  const { alice, bob, carol, dave, eve, everybody, relay } = w;
  for (const it of [bob, carol, dave, eve]) it.disconnect();
  await tell(alice, "the last word");
  await w.pass(20 * SECOND_MS);
  // Everything that Alice has put there is gone: message, hand-overs and the first digest.
  for (const it of [bob, carol, dave, eve]) await relay.lose(await mailboxOf(it));
  for (const it of [bob, carol, dave, eve]) it.reconnect();
  await w.pass(10 * MINUTE_MS);
  for (const it of everybody)
    expect([it.name, (await hears(it)).at(-1)]).toEqual([it.name, "the last word"]);
  await w.atRest(10 * MINUTE_MS);
});

test("[DG8] who does not know that they were removed hears it, though the relay threw the word away", async () => {
  const w = await five();
  const { alice, bob, everybody, relay } = w;
  bob.disconnect();
  await remove(alice, bob);
  await w.pass(20 * SECOND_MS);
  await relay.lose(await mailboxOf(bob));
  await giveUpSending(alice);
  // What Bob writes is lost as well: nobody could tell him by it.
  const others = everybody.filter((it) => it !== bob);
  for (const it of others) it.disconnect();
  bob.reconnect();
  await tell(bob, "am I alone?");
  await w.pass(10 * SECOND_MS);
  for (const it of others) await relay.lose(await mailboxOf(it));
  for (const it of others) it.reconnect();
  await w.pass(10 * MINUTE_MS);
  expect(await members(bob, everybody)).toEqual(await members(alice, everybody));
  expect(await bob.rows("outbox")).toEqual([]);
});
