import { describe, expect, test } from "vitest";

import { bytesOf } from "../../sync/channel/channels.ts";
import { add, groupOf, makeGroup, members, remove, rosterRow, tell } from "./group-talk.ts";
import type { Person } from "./person.ts";
import { linked } from "./sibling.ts";
import { MINUTE_MS, SECOND_MS, world } from "./world.ts";

const owed = async (person: Person): Promise<readonly string[]> => {
  const c = await groupOf(person);
  const rows = (await person.rows("outbox")).filter((it) => it.c === c);
  return rows.map(({ what, a, s, targets }) => {
    const states = targets.map((it) => it.state).join(" ");
    return `${what} ${a}/${s} ${states}`;
  });
};

/** A question moves the session with whom it is put to. */
const spoken = async (person: Person): Promise<string> =>
  JSON.stringify(
    (await person.rows("sessions")).map(({ state }) => [...(state.send?.chainKey ?? [])]),
  );

describe("[HE7] who is out of a group", () => {
  test("[HE7] asks nobody for what is missing in it", async () => {
    const { alice, bob, carol, pass, befriend } = await world(["alice", "bob", "carol"]);
    await befriend(alice, bob);
    await befriend(alice, carol);
    await makeGroup(alice, [bob, carol]);
    await pass(20 * SECOND_MS);
    await tell(alice, "hello");
    await pass(10 * SECOND_MS);
    await remove(alice, bob);
    await pass(MINUTE_MS);
    const c = await groupOf(bob);
    const lost = await bob.change(async (tx) => {
      const logs = await tx.range("logs", "channel", { lower: c, upper: c });
      const log = logs.find((it) => !it.own && it.known.floor > 2);
      if (log?.a === undefined) return undefined;
      const known = { floor: 1, ranges: [[3, log.known.floor] as const] };
      await tx.delete("entries", [c, log.a, 2]);
      await tx.put("logs", { ...log, known });
      return log.a;
    });
    expect(lost).toBeDefined();
    await bob.sleep();
    await bob.wake();
    await pass(2 * SECOND_MS);
    const before = await spoken(bob);
    await pass(5 * MINUTE_MS);
    expect(await spoken(bob)).toBe(before);
    expect(bob.bugs).toEqual([]);
  });

  test("[HE7] asks nobody where they are ahead of it", async () => {
    const { alice, bob, carol, pass, befriend } = await world(["alice", "bob", "carol"]);
    await befriend(alice, bob);
    await befriend(alice, carol);
    await makeGroup(alice, [bob, carol]);
    await pass(20 * SECOND_MS);
    await tell(alice, "hello");
    await pass(10 * SECOND_MS);
    const c = await groupOf(bob);
    await bob.device.groups.leave(c);
    await pass(MINUTE_MS);
    // Alice's word of how much she has comes when Bob has left.
    const account = await alice.account();
    const told = await bob.change(async (tx) => {
      const rows = await tx.range("cursors", "primary", {});
      const row = rows.find((it) => it.c === c && it.account === account);
      const hello = { counter: 1_000_000, digest: "00".repeat(16), count: 1_000, asks: false };
      if (row !== undefined) await tx.put("cursors", { ...row, hello });
      return row;
    });
    expect(told).toBeDefined();
    await bob.sleep();
    await bob.wake();
    await pass(2 * SECOND_MS);
    const before = await spoken(bob);
    await pass(5 * MINUTE_MS);
    expect(await spoken(bob)).toBe(before);
    expect(bob.bugs).toEqual([]);
  });
});

test("[HE13] [HY21] what somebody says who was removed, and is let in again and leaves, nobody asks for who can be told apart", async () => {
  const w = await world(["phone", "laptop", "alice", "carol"]);
  const { phone, laptop, alice, carol, pass, befriend } = w;
  await befriend(alice, phone);
  await befriend(alice, carol);
  await linked(phone, laptop);
  await pass(MINUTE_MS);
  await makeGroup(alice, [phone, carol]);
  await pass(30 * SECOND_MS);
  phone.disconnect();
  await remove(alice, phone);
  await pass(10 * SECOND_MS);
  // It hears that it is out before anybody hears this.
  await tell(phone, "too late");
  phone.reconnect();
  await pass(20 * SECOND_MS);
  laptop.disconnect();
  await add(alice, phone);
  await pass(SECOND_MS / 4);
  expect(await phone.device.groups.leave(await groupOf(phone))).toEqual({ ok: true });
  laptop.reconnect();
  await pass(2 * MINUTE_MS);
  const everybody = [phone, laptop, alice, carol];
  for (const it of everybody) expect(await members(it, everybody)).toHaveLength(2);
  const before = await Promise.all(everybody.map(spoken));
  await pass(15 * MINUTE_MS);
  expect(await Promise.all(everybody.map(spoken))).toEqual(before);
});

test("[GP9] however many groups one has left, one is taken into the next", async () => {
  const { alice, bob, pass, befriend } = await world(["alice", "bob"]);
  await befriend(alice, bob);
  await makeGroup(alice, [bob]);
  await pass(20 * SECOND_MS);
  const c = await groupOf(bob);
  expect(await bob.device.groups.leave(c)).toEqual({ ok: true });
  await pass(20 * SECOND_MS);
  await bob.change(async (tx) => {
    const row = await tx.get("rosters", c);
    const ops = await tx.range("rosterOps", "primary", { lower: [c], upper: [c] });
    if (row === undefined) throw new Error("the group's roster");
    for (let n = 1; n <= 70; n += 1) {
      await tx.put("rosters", { ...row, c: c + 1_000 + n });
      await tx.putAll(
        "rosterOps",
        ops.map((it) => ({ ...it, c: c + 1_000 + n })),
      );
    }
  });
  await makeGroup(alice, [bob]);
  await pass(20 * SECOND_MS);
  expect(await groupOf(bob)).not.toBe(c);
  expect(await members(bob, [alice, bob])).toEqual(["alice owner", "bob member"]);
});

test("[GP12] who was removed and goes on is told why, and not what the group is called since", async () => {
  const { alice, bob, carol, relay, pass, befriend } = await world(["alice", "bob", "carol"]);
  await befriend(alice, bob);
  await befriend(alice, carol);
  await makeGroup(alice, [bob, carol]);
  await pass(20 * SECOND_MS);
  bob.disconnect();
  await remove(alice, bob);
  await alice.device.groups.describe(await groupOf(alice), { title: "without Bob" });
  await pass(20 * SECOND_MS);
  // The relay loses the word of it, so that he has to be told.
  await relay.lose(bytesOf((await bob.rows("mailboxes"))[0]?.mailbox ?? ""));
  await tell(bob, "still there");
  bob.reconnect();
  await pass(5 * MINUTE_MS);
  const accounts = (await rosterRow(bob)).members.map((it) => it.account);
  expect(accounts).not.toContain(await bob.account());
  expect((await rosterRow(bob)).title).toBe("Hut");
});

test("[GP18] a leave that was lost on the way to one's other device is told there by its next word", async () => {
  const w = await world(["phone", "laptop", "bob", "carol"]);
  const { phone, laptop, bob, carol, relay, everybody, pass, befriend } = w;
  await befriend(phone, bob);
  await befriend(bob, carol);
  await linked(phone, laptop);
  await pass(MINUTE_MS);
  await makeGroup(bob, [phone, carol]);
  await pass(30 * SECOND_MS);
  for (const it of [phone, laptop]) await tell(it, "hello");
  await pass(30 * SECOND_MS);
  phone.disconnect();
  expect(await laptop.device.groups.leave(await groupOf(laptop))).toEqual({ ok: true });
  await pass(20 * SECOND_MS);
  await relay.lose(bytesOf((await phone.rows("mailboxes"))[0]?.mailbox ?? ""));
  phone.reconnect();
  await pass(20 * SECOND_MS);
  expect(await members(phone, [phone, bob, carol])).toContain("phone member");
  await tell(phone, "still there");
  // Sooner than copies are compared.
  await pass(20 * SECOND_MS);
  expect(await members(phone, [phone, bob, carol])).toEqual(["bob owner", "carol member"]);
  for (const it of everybody) expect(await owed(it), `${it.name} has nothing to send`).toEqual([]);
});

test("[GP12] an op is waited for no longer when whoever lost it has left", async () => {
  const w = await world(["alice", "bob", "carol", "dave"]);
  const { alice, bob, carol, dave, relay, everybody, pass, befriend } = w;
  for (const it of [bob, carol, dave]) await befriend(alice, it);
  await makeGroup(alice, [bob, carol, dave]);
  await pass(20 * SECOND_MS);
  bob.disconnect();
  await remove(alice, dave);
  await pass(20 * SECOND_MS);
  await relay.lose(bytesOf((await bob.rows("mailboxes"))[0]?.mailbox ?? ""));
  expect(await owed(alice)).not.toEqual([]);
  expect(await bob.device.groups.leave(await groupOf(bob))).toEqual({ ok: true });
  bob.reconnect();
  await pass(5 * MINUTE_MS);
  expect(await members(alice, everybody)).toEqual(["alice owner", "carol member"]);
  for (const it of everybody) expect(await owed(it), `${it.name} has nothing to send`).toEqual([]);
});

test("[GP12] who left, and was let in again by somebody who was out by then, is told that it does not count", async () => {
  const w = await world(["alice", "bob", "carol"]);
  const { alice, bob, carol, everybody, pass } = w;
  await w.befriend(alice, bob);
  await w.befriend(alice, carol);
  await w.befriend(bob, carol);
  await makeGroup(alice, [bob, carol]);
  await pass(20 * SECOND_MS);
  await alice.device.groups.setRole(await groupOf(alice), await carol.account(), "admin");
  await pass(20 * SECOND_MS);
  await bob.device.groups.leave(await groupOf(bob));
  await pass(20 * SECOND_MS);
  carol.disconnect();
  await add(carol, bob);
  await remove(alice, carol);
  await pass(10 * SECOND_MS);
  await w.relay.lose(bytesOf((await carol.rows("mailboxes"))[0]?.mailbox ?? ""));
  carol.reconnect();
  await pass(20 * SECOND_MS);
  expect(await members(bob, everybody)).toContain("bob member");
  await tell(bob, "I am back");
  await pass(5 * SECOND_MS);
  for (const it of everybody) {
    expect(await members(it, everybody)).toEqual(["alice owner"]);
    expect(it.bugs).toEqual([]);
  }
});

test("[GP9] an op that reached nobody but who is out is asked of who named it", async () => {
  const w = await world(["alice", "bob", "carol", "dave"]);
  const { alice, bob, carol, dave, pass } = w;
  for (const it of [bob, carol, dave]) await w.befriend(alice, it);
  await makeGroup(alice, [bob, carol, dave]);
  await pass(20 * SECOND_MS);
  const give = async (to: Person): Promise<void> => {
    const by = to === bob ? alice : bob;
    await by.device.groups.setRole(await groupOf(by), await to.account(), "admin");
    await pass(20 * SECOND_MS);
  };
  await give(bob);
  for (const it of [alice, carol]) it.disconnect();
  await give(carol);
  for (const it of [alice, carol]) {
    await w.relay.lose(bytesOf((await it.rows("mailboxes"))[0]?.mailbox ?? ""));
  }
  await bob.sleep();
  for (const it of [bob, dave]) await remove(alice, it);
  await dave.device.groups.leave(await groupOf(dave));
  await pass(10 * SECOND_MS);
  for (const it of [alice, carol]) it.reconnect();
  await pass(3 * MINUTE_MS);
  for (const it of [alice, carol]) {
    expect(await rosterRow(it)).toMatchObject({ isBehind: false });
    expect(await members(it, [alice, bob, carol, dave])).toEqual(["alice owner", "carol member"]);
    expect(it.bugs).toEqual([]);
  }
});

test("[MM2] what is said in a group in which nobody else is, or is left, waits for nobody", async () => {
  const { alice, bob, pass, befriend } = await world(["alice", "bob"]);
  await befriend(alice, bob);
  await makeGroup(alice, [bob]);
  await pass(20 * SECOND_MS);
  alice.disconnect();
  await tell(alice, "Bob, are you there?");
  await bob.device.groups.leave(await groupOf(bob));
  await pass(10 * SECOND_MS);
  alice.reconnect();
  await pass(20 * SECOND_MS);
  await tell(alice, "nobody is");
  expect(await members(alice, [alice, bob])).toEqual(["alice owner"]);
  const c = await groupOf(alice);
  const log = (await alice.rows("logs")).find((it) => it.c === c && it.own);
  expect(log?.sent.ranges.at(-1)?.[1]).toBe(log?.known.floor);
  expect(await owed(alice)).toEqual([]);
});

test("[GP12] who was let in by a device whose account left beside that is told that it does not count", async () => {
  const w = await world(["phone", "laptop", "bob", "carol"]);
  const { phone, laptop, bob, carol, pass } = w;
  await w.befriend(bob, phone);
  await w.befriend(carol, phone);
  await linked(phone, laptop);
  await pass(MINUTE_MS);
  await makeGroup(bob, [phone]);
  await bob.device.groups.setRole(await groupOf(bob), await phone.account(), "admin");
  await pass(20 * SECOND_MS);
  phone.disconnect();
  const left = phone.device.groups.leave(await groupOf(phone));
  await add(laptop, carol);
  await pass(20 * SECOND_MS);
  expect(await left).toMatchObject({ ok: true });
  const all = [phone, bob, carol];
  expect(await members(carol, all)).toContain("carol member");
  await w.relay.lose(bytesOf((await phone.rows("mailboxes"))[0]?.mailbox ?? ""));
  phone.reconnect();
  await pass(20 * SECOND_MS);
  await tell(carol, "hello");
  await pass(MINUTE_MS);
  for (const it of all) {
    expect(await members(it, all)).toEqual(["bob owner"]);
    expect(await owed(it), `${it.name} has nothing to send`).toEqual([]);
    expect(it.bugs).toEqual([]);
  }
});
