import { expect, test } from "vitest";

import { SMALL_CHAIN_MESSAGES_MAX, CHAIN_MESSAGES_MAX } from "../../crypto/chain/renewal.ts";
import type { OwnChainRow } from "../../sync/store/ratchet-rows.ts";
import { add, groupOf, hears, makeGroup, members, remove, tell } from "./group-talk.ts";
import type { Person } from "./person.ts";
import { linked } from "./sibling.ts";
import { MINUTE_MS, SECOND_MS, type World, world } from "./world.ts";

/** Their chain in the group. */
async function chainOf(person: Person): Promise<OwnChainRow> {
  const c = await groupOf(person);
  const row = (await person.rows("ownChains")).find((it) => it.c === c);
  if (row === undefined) throw new Error("a chain");
  return row;
}

/** The chain under which their next message goes. */
async function nextChain(w: Pick<World<never>, "pass">, person: Person): Promise<string> {
  await tell(person, "next");
  await w.pass(10 * SECOND_MS);
  return (await chainOf(person)).state.tag.join();
}

async function trio(): Promise<World<"alice" | "bob" | "carol">> {
  const w = await world(["alice", "bob", "carol"]);
  await w.befriend(w.alice, w.bob);
  await w.befriend(w.alice, w.carol);
  await makeGroup(w.alice, [w.bob, w.carol]);
  await w.pass(20 * SECOND_MS);
  return w;
}

test("[RT1] who goes ends the chain of everybody who hears it; who comes does not", async () => {
  const w = await trio();
  const { alice, bob, carol } = w;
  const before = [await nextChain(w, alice), await nextChain(w, bob)];
  expect([await nextChain(w, alice), await nextChain(w, bob)]).toEqual(before);
  await remove(alice, carol);
  await w.pass(10 * SECOND_MS);
  const without = [await nextChain(w, alice), await nextChain(w, bob)];
  for (const [n, it] of without.entries()) expect(it).not.toBe(before[n]);
  await add(alice, carol);
  await w.pass(20 * SECOND_MS);
  expect([await nextChain(w, alice), await nextChain(w, bob)]).toEqual(without);
  await w.atRest();
});

test("[RT1] who was let in again, and goes before our other device says a word, ends its chain as well", async () => {
  const w = await world(["phone", "laptop", "bob", "carol"]);
  const { phone, laptop, bob, carol } = w;
  await w.befriend(phone, bob);
  await w.befriend(phone, carol);
  await linked(phone, laptop);
  await w.pass(MINUTE_MS);
  await makeGroup(phone, [bob, carol]);
  await w.pass(30 * SECOND_MS);
  const before = await nextChain(w, laptop);
  await remove(phone, carol);
  await w.pass(10 * SECOND_MS);
  await add(phone, carol);
  await w.pass(10 * SECOND_MS);
  expect((await chainOf(laptop)).state.tag.join()).toBe(before);
  expect(await carol.device.groups.leave(await groupOf(carol))).toEqual({ ok: true });
  await w.pass(10 * SECOND_MS);
  const after = await nextChain(w, laptop);
  const held = (await carol.rows("peerChains")).map(({ state }) => state.tag.join());
  expect(held).toContain(before);
  expect(held).not.toContain(after);
});

test("[RT2] what is said after the policy of history changed is under a new chain", async () => {
  const w = await trio();
  const { alice, bob } = w;
  const before = await nextChain(w, bob);
  const c = await groupOf(alice);
  expect(await alice.device.groups.describe(c, { topic: "wood" })).toEqual({ ok: true });
  await w.pass(10 * SECOND_MS);
  expect(await nextChain(w, bob)).toBe(before);
  expect(await alice.device.groups.describe(c, { history: "all" })).toEqual({ ok: true });
  await w.pass(10 * SECOND_MS);
  expect(await nextChain(w, bob)).not.toBe(before);
});

test("[RT3] a chain of a small group seals 25 entries, of a larger one 100", async () => {
  const w = await trio();
  const { alice, bob, carol } = w;
  const used = async (sealedCount: number): Promise<void> => {
    const row = await chainOf(alice);
    await alice.change((tx) => tx.put("ownChains", { ...row, sealedCount }));
  };
  const first = await nextChain(w, alice);
  await used(SMALL_CHAIN_MESSAGES_MAX - 1);
  expect(await nextChain(w, alice)).toBe(first);
  const second = await nextChain(w, alice);
  expect(second).not.toBe(first);
  // Sixteen more devices make it a larger one.
  const like = (await alice.rows("devices")).find((it) => it.card !== null);
  const accounts = [await bob.account(), await carol.account()];
  await alice.change(async (tx) => {
    for (const [i, account] of accounts.entries()) {
      const contact = await tx.get("contacts", account);
      if (contact === undefined || like === undefined) return;
      const devices = Array.from({ length: 8 }, (_, n) => `${i}${n}`.padStart(32, "0"));
      await tx.put("contacts", { ...contact, live: [...contact.live, ...devices] });
      for (const device of devices) {
        await tx.put("devices", { ...like, device, account, prekeyBundle: null });
      }
    }
  });
  await used(SMALL_CHAIN_MESSAGES_MAX);
  expect(await nextChain(w, alice)).toBe(second);
  await used(CHAIN_MESSAGES_MAX);
  expect(await nextChain(w, alice)).not.toBe(second);
});

test("[RT4] a device whose storage was rolled back goes on under a new chain in a new log, and all hear it", async () => {
  const w = await trio();
  const { alice, bob, carol, everybody } = w;
  await tell(bob, "one");
  await w.pass(20 * SECOND_MS);
  const before = await nextChain(w, bob);
  const restore = bob.backUp();
  await tell(bob, "two");
  await w.pass(20 * SECOND_MS);
  await bob.sleep();
  restore();
  await bob.wake();
  await tell(alice, "are you there?");
  await w.pass(MINUTE_MS);
  expect(await nextChain(w, bob)).not.toBe(before);
  await tell(bob, "three");
  await w.atRest(5 * MINUTE_MS);
  const all = await hears(alice);
  for (const text of ["one", "two", "are you there?", "three"]) expect(all).toContain(text);
  for (const it of [bob, carol]) expect(await hears(it), `${it.name} agrees`).toEqual(all);
  for (const it of everybody) expect(await members(it, everybody)).toHaveLength(3);
});

test("[RT5] who comes gets the chain as it is: what was sealed before does not open", async () => {
  const w = await world(["alice", "bob", "carol"]);
  const { alice, bob, carol } = w;
  await w.befriend(alice, bob);
  await w.befriend(alice, carol);
  await makeGroup(alice, [bob]);
  await w.pass(20 * SECOND_MS);
  for (let n = 0; n < 5; n += 1) await tell(alice, `${n}`);
  await w.pass(20 * SECOND_MS);
  const sealed = (await chainOf(alice)).state.n;
  await add(alice, carol);
  await w.pass(20 * SECOND_MS);
  const tag = (await chainOf(alice)).state.tag.join();
  const held = (await carol.rows("peerChains")).find((it) => it.state.tag.join() === tag);
  expect(held?.state.n).toBeGreaterThanOrEqual(sealed);
  expect(held?.state.skipped).toEqual([]);
});

test("[OB14] a removal that waits in the mailbox is heard before the next word goes", async () => {
  const w = await world(["alice", "bob", "carol"], { atOther: ["bob", "carol"] });
  const { alice, bob, carol, everybody } = w;
  await w.befriend(bob, alice);
  await w.befriend(bob, carol);
  await makeGroup(bob, [alice, carol]);
  await w.pass(20 * SECOND_MS);
  for (const it of everybody) {
    await tell(it, `${it.name} is in`);
    await w.pass(5 * SECOND_MS);
  }
  await w.pass(20 * SECOND_MS);
  alice.disconnect();
  // More than a relay hands over at once.
  for (let n = 0; n < 270; n += 1) await tell(bob, `${n}`);
  await w.pass(2 * MINUTE_MS);
  await remove(bob, carol);
  await w.pass(MINUTE_MS);
  await tell(alice, "for bob alone");
  await w.pass(5 * SECOND_MS);
  alice.reconnect();
  await w.atRest(5 * MINUTE_MS);
  expect((await hears(bob)).at(-1)).toBe("for bob alone");
  expect((await carol.rows("entries")).map((it) => it.text)).not.toContain("for bob alone");
  expect(await members(alice, everybody)).toEqual(["alice member", "bob owner"]);
});

test("[TY7] in a small group all members see who is writing, in a larger one nobody", async () => {
  const w = await trio();
  const { alice, bob, carol } = w;
  await tell(bob, "hello");
  await w.pass(20 * SECOND_MS);
  w.relay.counted();
  bob.device.typing(await groupOf(bob));
  await w.pass(SECOND_MS);
  const account = await bob.account();
  for (const it of [alice, carol]) {
    expect(it.status?.typing).toEqual({ [await groupOf(it)]: [account] });
  }
  // One frame for both.
  expect(w.relay.counted()["put.liveOnly"]).toBe(2);
  await tell(bob, "done");
  await w.pass(SECOND_MS);
  for (const it of [alice, carol]) expect(it.status?.typing).toEqual({});
  const strangers = Array.from({ length: 30 }, (_, n) => n.toString(16).padStart(64, "0"));
  const c = await groupOf(bob);
  await bob.change(async (tx) => {
    const row = await tx.get("rosters", c);
    const [like] = row?.members ?? [];
    if (row === undefined || like === undefined) return;
    const crowd = [...row.members, ...strangers.map((it) => ({ ...like, account: it }))];
    await tx.put("rosters", { ...row, members: crowd });
  });
  bob.device.typing(await groupOf(bob));
  await w.pass(SECOND_MS);
  for (const it of [alice, carol]) expect(it.status?.typing).toEqual({});
  await remove(alice, carol);
  await w.pass(10 * SECOND_MS);
  carol.device.typing(await groupOf(carol));
  await w.pass(SECOND_MS);
  expect(alice.status?.typing).toEqual({});
});
