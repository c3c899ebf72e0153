import { expect, test } from "vitest";

import { bytesOf } from "../../sync/channel/channels.ts";
import { encodePayload } from "../../sync/payload/payload.ts";
import { overSession, selfOf } from "./forge.ts";
import type { Person } from "./person.ts";
import { MINUTE_MS, SECOND_MS, world } from "./world.ts";

const mailboxOf = async (person: Person): Promise<Uint8Array> =>
  bytesOf((await person.rows("mailboxes"))[0]?.mailbox ?? "");

/** As if 30 days had passed: nobody sends it again by himself. */
const giveUpSending = (person: Person): Promise<void> =>
  person.change(async (tx) => {
    for (const { n } of await tx.range("outbox", "primary", {})) await tx.delete("outbox", n ?? 0);
  });

/** The device has forgotten the other's chain, by an accident or in 55 days. */
const forgetChains = (person: Person): Promise<void> =>
  person.change(async (tx) => {
    for (const { n } of await tx.range("peerChains", "primary", {})) {
      await tx.delete("peerChains", n ?? 0);
    }
  });

test("[HE5] what a relay loses in the middle is seen by the next message, asked for and supplied", async () => {
  const { alice, bob, relay, pass, befriend, atRest } = await world(["alice", "bob"]);
  await befriend(alice, bob);
  await alice.say(bob, "one");
  await pass(5 * SECOND_MS);
  await bob.sleep();
  for (const text of ["two", "three", "four"]) await alice.say(bob, text);
  await pass(5 * SECOND_MS);
  expect(await relay.lose(await mailboxOf(bob))).toBe(3);
  await giveUpSending(alice);
  await alice.say(bob, "five");
  await pass(SECOND_MS);
  await bob.wake();
  await pass(2 * SECOND_MS);
  expect(await bob.sees(alice)).toEqual(["one", "five"]);
  await pass(10 * SECOND_MS);
  expect(await bob.sees(alice)).toEqual(["one", "two", "three", "four", "five"]);
  await atRest();
  expect(new Set(await alice.states(bob))).toEqual(new Set(["delivered"]));
});

test("[CU7] what a relay loses is sent again by whoever still waits for a receipt", async () => {
  const { alice, bob, relay, pass, befriend, atRest } = await world(["alice", "bob"]);
  await befriend(alice, bob);
  await bob.sleep();
  for (const text of ["one", "two"]) await alice.say(bob, text);
  await pass(10 * SECOND_MS);
  expect(await relay.lose(await mailboxOf(bob))).toBe(2);
  await alice.say(bob, "three");
  await pass(SECOND_MS);
  await bob.wake();
  await atRest(10 * SECOND_MS);
  expect(await bob.sees(alice)).toEqual(["one", "two", "three"]);
});

test("[HE5] a long hole heals part by part, without pauses between the parts", async () => {
  const { alice, bob, relay, pass, befriend, atRest } = await world(["alice", "bob"]);
  await befriend(alice, bob);
  await bob.sleep();
  const texts = Array.from({ length: 200 }, (_, n) => `message ${n}`);
  for (const text of texts) await alice.say(bob, text);
  await pass(3 * MINUTE_MS);
  await relay.lose(await mailboxOf(bob));
  await giveUpSending(alice);
  await alice.say(bob, "the end");
  await pass(SECOND_MS);
  await bob.wake();
  await pass(MINUTE_MS);
  expect(await bob.sees(alice)).toEqual([...texts, "the end"]);
  await atRest();
});

test("[RX4] [HE6] under an unknown chain a message is held, its author is asked, and it opens", async () => {
  const { alice, bob, pass, befriend, atRest } = await world(["alice", "bob"]);
  await befriend(alice, bob);
  await alice.say(bob, "one");
  await pass(5 * SECOND_MS);
  await bob.sleep();
  await forgetChains(bob);
  await bob.wake();
  for (const text of ["two", "three"]) await alice.say(bob, text);
  await pass(SECOND_MS);
  expect(await bob.sees(alice)).toEqual(["one"]);
  expect((await bob.rows("held")).length).toBe(2);
  await atRest(20 * SECOND_MS);
  expect(await bob.sees(alice)).toEqual(["one", "two", "three"]);
  expect(await alice.states(bob)).toEqual(["delivered", "delivered", "delivered"]);
});

test("[HE1] who lacks more than is sealed anew asks for the rest, and has all of it", async () => {
  const { alice, bob, pass, befriend, atRest } = await world(["alice", "bob"]);
  await befriend(alice, bob);
  await bob.sleep();
  await forgetChains(bob);
  const said = Array.from({ length: 80 }, (_, n) => `${n}`);
  for (const text of said) await alice.say(bob, text);
  await pass(5 * SECOND_MS);
  await bob.wake();
  await pass(MINUTE_MS);
  expect(await bob.sees(alice)).toEqual(said);
  expect(await alice.states(bob)).toEqual(said.map(() => "delivered"));
  // Of chains that are over nobody is handed any; what came under them is let go.
  await atRest(30 * MINUTE_MS);
});

test("[HE1] who has forgotten our chain gets it again, so that our receipts arrive", async () => {
  const { alice, bob, pass, befriend, atRest } = await world(["alice", "bob"]);
  await befriend(alice, bob);
  await bob.say(alice, "have you read this?");
  await pass(5 * SECOND_MS);
  await bob.sleep();
  await forgetChains(bob);
  await bob.wake();
  await alice.read(bob);
  await pass(20 * SECOND_MS);
  expect(await bob.states(alice)).toEqual(["read"]);
  await atRest();
});

test("[HE3] a flood of questions is answered four times, and then once a second, and nothing breaks", async () => {
  const { alice, bob, relay, pass, befriend, atRest } = await world(["alice", "bob"]);
  await befriend(alice, bob);
  await alice.say(bob, "one");
  await pass(5 * SECOND_MS);
  const log = await alice.log(bob);
  const channel = (await alice.rows("channels")).find((it) => it.c === log.c);
  const want = encodePayload("want", {
    channel: bytesOf(channel?.id ?? ""),
    log: bytesOf(log.log),
    ranges: [[1, 2]],
  });
  const nack = encodePayload("nack", { tags: [new Uint8Array(16)] });
  relay.counted();
  await overSession(
    bob,
    alice,
    Array.from({ length: 20 }, () => [want, nack, want]),
  );
  await pass(3 * SECOND_MS);
  const questions = 20;
  const answers = (relay.counted()["put.stored"] ?? 0) - questions;
  expect(answers).toBeGreaterThanOrEqual(1);
  expect(answers).toBeLessThanOrEqual(7);
  await atRest();
});

test("[HE7] nobody who is not a contact is answered", async () => {
  const names = ["alice", "bob", "mallory"] as const;
  const { alice, bob, mallory, pass } = await world(names);
  const link = await alice.invite();
  await bob.accept(link);
  await pass(5 * SECOND_MS);
  await mallory.accept(link);
  await mallory.say(alice, "hello?");
  await pass(5 * SECOND_MS);
  expect((await alice.contact(mallory)).state).toBe("request");
  const log = await mallory.log(alice);
  const channel = (await mallory.rows("channels")).find((it) => it.c === log.c);
  const want = encodePayload("want", {
    channel: bytesOf(channel?.id ?? ""),
    log: bytesOf(log.log),
    ranges: [[1, 2]],
  });
  await overSession(mallory, alice, [[want]]);
  await pass(10 * SECOND_MS);
  // An answer would tell that Alice is there and has decided.
  expect((await mallory.contact(alice)).state).toBe("invited");
});

test("[RX11] an entry of our own that we do not have is not taken into the log that we write", async () => {
  const { alice, bob, pass, befriend, atRest } = await world(["alice", "bob"]);
  await befriend(alice, bob);
  await alice.say(bob, "one");
  await pass(10 * SECOND_MS);
  const putBack = alice.backUp();
  await alice.say(bob, "two");
  await alice.say(bob, "three");
  await pass(20 * SECOND_MS);
  await alice.sleep();
  putBack();
  await alice.wake();
  await pass(SECOND_MS);
  const three = (await bob.entries(alice)).find((it) => it.text === "three");
  const entries = [three?.bytes ?? new Uint8Array(0)];
  // It would leave a hole in a log that has none.
  await overSession(bob, alice, [[encodePayload("entries", { entries })]]);
  await pass(5 * SECOND_MS);
  expect(alice.dropped).toContain("entry own");
  await alice.say(bob, "four");
  await atRest(2 * MINUTE_MS);
  expect(await bob.sees(alice)).toEqual(["one", "two", "three", "four"]);
  expect(await alice.sees(bob)).toEqual(await bob.sees(alice));
});

test("[HE8] a device whose storage was put back goes on in a new log, and gets what it had lost", async () => {
  const { alice, bob, pass, befriend, atRest } = await world(["alice", "bob"]);
  await befriend(alice, bob);
  await alice.say(bob, "one");
  await pass(10 * SECOND_MS);
  const putBack = alice.backUp();
  for (const text of ["two", "three"]) await alice.say(bob, text);
  await bob.say(alice, "four");
  await pass(20 * SECOND_MS);
  const before = await bob.sees(alice);
  const log = await alice.log(bob);

  await alice.sleep();
  putBack();
  await alice.wake();
  expect(await alice.sees(bob)).toEqual(["one"]);
  await pass(5 * SECOND_MS);
  await bob.say(alice, "five");
  // Their receipts and ours tell each other what the other has.
  await pass(MINUTE_MS);
  await alice.say(bob, "six");
  expect((await alice.log(bob)).log).not.toBe(log.log);
  await atRest(2 * MINUTE_MS);
  expect(bob.dropped).not.toContain("entry fork");
  expect(await bob.sees(alice)).toEqual([...before, "five", "six"]);
  expect(await alice.sees(bob)).toEqual(await bob.sees(alice));
});

test("[HE10] after a rollback receipts are told though the person writes nothing", async () => {
  const { alice, bob, pass, befriend, atRest } = await world(["alice", "bob"]);
  await befriend(alice, bob);
  const { incarnation } = await selfOf(alice);
  await alice.sleep();
  const putBack = alice.backUp();
  await alice.wake();
  await alice.say(bob, "forgotten");
  await bob.say(alice, "this, too");
  await pass(5 * SECOND_MS);
  await alice.sleep();
  putBack();
  await alice.wake();
  await pass(MINUTE_MS);
  await bob.say(alice, "did you get this?");
  await pass(MINUTE_MS);
  expect(await bob.states(alice)).toEqual(["delivered", "delivered"]);
  // By now she knows, and has a new log.
  expect((await selfOf(alice)).incarnation).not.toEqual(incarnation);
  await alice.read(bob);
  await atRest(MINUTE_MS);
  expect(await bob.states(alice)).toEqual(["read", "read"]);
  expect(await alice.sees(bob)).toEqual(["forgotten", "this, too", "did you get this?"]);
});
