import { expect, test } from "vitest";

import { bytesOf } from "../../sync/channel/channels.ts";
import { maxKnown } from "../../sync/log/known.ts";
import { deliveredOf } from "../../sync/receipts/receipts.ts";
import { TYPING_FRAMES_MAX } from "../../sync/typing/typing.ts";
import { groupOf, hears, tell } from "./group-talk.ts";
import { MINUTE_MS, SECOND_MS, world } from "./world.ts";

test("[CU5] receipts follow within a second, and are taken together after that", async () => {
  const { alice, bob, relay, pass, befriend, atRest } = await world(["alice", "bob"]);
  await befriend(alice, bob);
  await alice.say(bob, "one");
  await pass(SECOND_MS);
  expect(await alice.states(bob)).toEqual(["delivered"]);
  await pass(5 * SECOND_MS);
  relay.counted();
  // 20 messages in 10 seconds: 20 envelopes there, at most one cursor in two seconds back.
  for (let n = 0; n < 20; n += 1) {
    await alice.say(bob, `${n}`);
    await pass(500);
  }
  await pass(5 * SECOND_MS);
  expect(relay.counted()["put.stored"]).toBeLessThanOrEqual(20 + 8);
  expect(new Set(await alice.states(bob))).toEqual(new Set(["delivered"]));
  await bob.read(alice);
  await atRest();
  expect(new Set(await alice.states(bob))).toEqual(new Set(["read"]));
});

test("[CU6] [TY3] nothing is told to a stranger, nor to who used our link before they answered", async () => {
  const { alice, bob, carol, relay, pass } = await world(["alice", "bob", "carol"]);
  const link = await alice.invite();
  await bob.accept(link);
  await pass(10 * SECOND_MS);
  await carol.accept(link);
  for (const text of ["hello", "are you there?"]) await carol.say(alice, text);
  await pass(10 * SECOND_MS);
  relay.counted();
  await alice.read(carol);
  alice.device.typing(await alice.chatWith(carol));
  carol.device.typing(await carol.chatWith(alice));
  await pass(MINUTE_MS);
  // Nothing at all was said by anybody.
  const puts = Object.entries(relay.counted()).filter(([name]) => name.startsWith("put."));
  expect(puts).toEqual([]);
  expect(await carol.states(alice)).toEqual(["sent", "sent"]);
  expect(alice.status?.typing).toEqual({});
  expect(carol.status?.typing).toEqual({});
});

test("[CU9] a receipt that is refused is tried at growing pauses", async () => {
  const { alice, bob, relay, pass, befriend } = await world(["alice", "bob"]);
  await befriend(alice, bob);
  await alice.say(bob, "the last one");
  await pass(5 * SECOND_MS);
  await alice.decide(bob, "block");
  await pass(10 * SECOND_MS);
  relay.counted();
  await bob.read(alice);
  await pass(60 * MINUTE_MS);
  const denied = relay.counted()["put.denied"] ?? 0;
  expect(denied).toBeGreaterThan(3);
  expect(denied).toBeLessThan(25);
});

test("[CU2] [RX12] what arrives late is unread, although later ones were read", async () => {
  const { alice, bob, relay, pass, befriend, atRest } = await world(["alice", "bob"]);
  await befriend(alice, bob);
  // The relay withholds two, and brings what was written after them.
  bob.disconnect();
  await alice.say(bob, "first");
  await alice.say(bob, "second");
  await pass(SECOND_MS);
  const [mailbox] = await bob.rows("mailboxes");
  expect(await relay.lose(bytesOf(mailbox?.mailbox ?? ""))).toBeGreaterThan(0);
  await alice.say(bob, "third");
  bob.reconnect();
  // As long as dialling takes, and no longer: soon he asks for the others.
  for (let n = 0; n < 100 && (await bob.sees(alice)).length === 0; n += 1) await pass(100);
  expect(await bob.sees(alice)).toEqual(["third"]);
  await bob.read(alice);
  expect(await bob.unread(alice)).toBe(0);
  await pass(20 * SECOND_MS);
  expect(await bob.sees(alice)).toEqual(["first", "second", "third"]);
  expect(await bob.unread(alice)).toBe(2);
  // A run that came late is told once.
  expect((await bob.entries(alice)).map((it) => it.late)).toEqual([true, false, false]);
  await atRest();
});

test("[RX12] what both wrote while they were offline is not late: nobody had seen what stands behind it", async () => {
  const { alice, bob, pass, befriend, atRest } = await world(["alice", "bob"]);
  await befriend(alice, bob);
  await alice.say(bob, "before");
  await pass(SECOND_MS);
  await bob.read(alice);
  for (const person of [alice, bob]) person.disconnect();
  for (const n of [1, 2, 3]) {
    await alice.say(bob, `a${n}`);
    await pass(SECOND_MS);
    await bob.say(alice, `b${n}`);
    await pass(SECOND_MS);
  }
  for (const person of [alice, bob]) person.reconnect();
  await pass(10 * SECOND_MS);
  const order = ["before", "a1", "b1", "a2", "b2", "a3", "b3"];
  for (const [person, other] of [
    [alice, bob],
    [bob, alice],
  ] as const) {
    expect(await person.sees(other)).toEqual(order);
    expect((await person.entries(other)).filter((it) => it.late)).toEqual([]);
  }
  await atRest();
});

test("[TY2] [TY4] [TY6] somebody is seen writing while they write, until their message comes", async () => {
  const { alice, bob, relay, pass, befriend } = await world(["alice", "bob"]);
  await befriend(alice, bob);
  const [c, theirs] = [await alice.chatWith(bob), await bob.chatWith(alice)];
  const account = await alice.account();
  relay.counted();
  for (let n = 0; n < 60; n += 1) {
    alice.device.typing(c);
    await pass(100);
  }
  expect(bob.status?.typing).toEqual({ [theirs]: [account] });
  // Six seconds of keystrokes are two frames, and no relay keeps them.
  const counts = relay.counted();
  expect(counts["put.liveOnly"]).toBe(2);
  expect(relay.messages).toBe(0);
  await alice.say(bob, "done");
  await pass(SECOND_MS);
  expect(bob.status?.typing).toEqual({});
  // She begins another one, sends it, and writes on: that is told without waiting.
  for (const text of ["and more", "and more"]) {
    alice.device.typing(c);
    await pass(200);
    expect(bob.status?.typing).toEqual({ [theirs]: [account] });
    await alice.say(bob, text);
    await pass(200);
    expect(bob.status?.typing).toEqual({});
  }
  // Forty messages, one right after the other, are not forty frames more.
  relay.counted();
  for (let n = 0; n < 40; n += 1) {
    alice.device.typing(c);
    await alice.say(bob, `${n}`);
    await pass(100);
  }
  expect(relay.counted()["put.liveOnly"] ?? 0).toBeLessThanOrEqual(TYPING_FRAMES_MAX);
  await pass(15 * SECOND_MS);
  alice.device.typing(c);
  await pass(SECOND_MS);
  alice.device.typing(c);
  await pass(3 * SECOND_MS);
  expect(bob.status?.typing).toEqual({ [theirs]: [account] });
  // They stopped and sent nothing.
  await pass(7 * SECOND_MS);
  expect(bob.status?.typing).toEqual({});
});

test("[CU11] [DG6] in a group of more than 32 receipts are taken together for ten seconds", async () => {
  const { alice, bob, pass, befriend } = await world(["alice", "bob"]);
  await befriend(alice, bob);
  // Contacts who never had a device: nothing is sent to them.
  const strangers = Array.from({ length: 40 }, (_, n) => n.toString(16).padStart(64, "0"));
  const like = await alice.contact(bob);
  await alice.change(async (tx) => {
    for (const account of strangers) await tx.put("contacts", { ...like, account, live: [] });
  });
  const made = await alice.device.groups.create("Crowd", [await bob.account(), ...strangers]);
  expect(made.ok).toBe(true);
  await pass(MINUTE_MS);
  await tell(bob, "I am in");
  await pass(MINUTE_MS);
  const c = await groupOf(alice);
  const log = (await alice.rows("logs")).find((it) => it.c === c && it.own);
  const delivered = async (): Promise<number> => {
    const cursor = (await alice.rows("cursors")).find((it) => it.c === c);
    return maxKnown(deliveredOf(cursor, log?.log ?? ""));
  };
  const before = await delivered();
  await tell(alice, "who is here?");
  await pass(9 * SECOND_MS);
  expect(await hears(bob)).toContain("who is here?");
  expect(await delivered()).toBe(before);
  await pass(8 * SECOND_MS);
  expect(await delivered()).toBe(before + 1);
  // Two devices have nothing to compare: no digest is told.
  expect((await alice.rows("cursors")).filter((it) => it.hello !== undefined)).toEqual([]);
});

test("[CU12] in a group of more than 128 receipts come when somebody wants to know", async () => {
  const { alice, bob, pass, outcome, befriend } = await world(["alice", "bob"]);
  await befriend(alice, bob);
  const strangers = Array.from({ length: 140 }, (_, n) => n.toString(16).padStart(64, "0"));
  const like = await alice.contact(bob);
  await alice.change(async (tx) => {
    for (const account of strangers) await tx.put("contacts", { ...like, account, live: [] });
  });
  const made = await alice.device.groups.create("Crowd", [await bob.account(), ...strangers]);
  expect(made.ok).toBe(true);
  await pass(MINUTE_MS);
  await tell(alice, "who is here?");
  await pass(10 * MINUTE_MS);
  expect(await hears(bob)).toContain("who is here?");
  const c = await groupOf(alice);
  const log = (await alice.rows("logs")).find((it) => it.c === c && it.own);
  const told = async (): Promise<number> => {
    const cursor = (await alice.rows("cursors")).find((it) => it.c === c);
    return maxKnown(deliveredOf(cursor, log?.log ?? ""));
  };
  expect(await told()).toBe(0);
  expect(await outcome(alice.device.receipts.ask(c))).toEqual({ ok: true, value: { asked: 1 } });
  // Again at once: nobody is asked twice.
  expect(await outcome(alice.device.receipts.ask(c))).toEqual({ ok: true, value: { asked: 0 } });
  await pass(10 * SECOND_MS);
  expect(await told()).toBe(maxKnown(log!.known));
  // Whoever has told is not asked any more.
  await pass(MINUTE_MS);
  expect(await outcome(alice.device.receipts.ask(c))).toEqual({ ok: true, value: { asked: 0 } });
  const dm = await alice.chatWith(bob);
  const answer = await outcome(alice.device.receipts.ask(dm));
  expect(answer).toEqual({ ok: false, error: { type: "NotAGroup" } });
});
