import { expect, test } from "vitest";

import { bytesOf } from "../../sync/channel/channels.ts";
import { LIVE_INVITES_MAX } from "../../sync/contact/invites.ts";
import { makeGroup, tell } from "./group-talk.ts";
import { linked } from "./sibling.ts";
import { MINUTE_MS, SECOND_MS, world } from "./world.ts";

test("[CO1] who was invited while the inviter is offline writes at once, and both are contacts later", async () => {
  const { alice, bob, pass, atRest } = await world(["alice", "bob"]);
  const link = await alice.invite();
  await alice.sleep();
  await bob.accept(link);
  await bob.say(alice, "hello, it is me");
  await pass(MINUTE_MS);
  expect((await bob.contact(alice)).state).toBe("invited");
  expect(await bob.states(alice)).toEqual(["sent"]);

  await alice.wake();
  await pass(5 * SECOND_MS);
  expect((await alice.contact(bob)).state).toBe("accepted");
  expect((await bob.contact(alice)).state).toBe("accepted");
  expect(await alice.sees(bob)).toEqual(["hello, it is me"]);
  await alice.say(bob, "welcome");
  await alice.read(bob);
  await atRest();
  expect(await bob.sees(alice)).toEqual(["hello, it is me", "welcome"]);
  expect(await bob.states(alice)).toEqual(["read"]);
  expect(await alice.states(bob)).toEqual(["delivered"]);
});

test("[CO2] [AP7] the second who uses an invite is a request, and is a contact when accepted", async () => {
  const { alice, bob, carol, pass, atRest } = await world(["alice", "bob", "carol"]);
  const link = await alice.invite();
  await bob.accept(link);
  await pass(5 * SECOND_MS);
  await carol.accept(link);
  await carol.say(alice, "may I come in?");
  await pass(5 * SECOND_MS);
  expect((await alice.contact(bob)).state).toBe("accepted");
  expect((await alice.contact(carol)).state).toBe("request");
  // It can be read before it is decided about; nobody is told that it was.
  expect(await alice.sees(carol)).toEqual(["may I come in?"]);
  await alice.read(carol);
  await pass(10 * SECOND_MS);
  expect(await carol.states(alice)).toEqual(["sent"]);
  expect((await carol.contact(alice)).state).toBe("invited");
  await expect(alice.say(carol, "not yet")).rejects.toThrow("NotAllowed");

  await alice.decide(carol, "accept");
  await pass(10 * SECOND_MS);
  expect((await carol.contact(alice)).state).toBe("accepted");
  expect(await carol.states(alice)).toEqual(["read"]);
  await alice.say(carol, "come in");
  await pass(SECOND_MS);
  await carol.say(alice, "thank you");
  await atRest();
  expect(await carol.sees(alice)).toEqual(["may I come in?", "come in", "thank you"]);
});

test("[CO10] who waits for a word and gets a link of their own is a contact by it", async () => {
  const { alice, bob, carol, pass, atRest } = await world(["alice", "bob", "carol"]);
  const link = await alice.invite();
  await bob.accept(link);
  await pass(5 * SECOND_MS);
  await carol.accept(link);
  await pass(5 * SECOND_MS);
  expect((await alice.contact(carol)).state).toBe("request");
  await carol.accept(await alice.invite());
  await pass(10 * SECOND_MS);
  expect((await alice.contact(carol)).state).toBe("accepted");
  await carol.say(alice, "here I am");
  await atRest();
  expect(await alice.sees(carol)).toEqual(["here I am"]);
});

test("[CO2] so many strangers may wait for a word; one more is turned away", async () => {
  const { alice, bob, carol, pass } = await world(["alice", "bob", "carol"]);
  const link = await alice.invite();
  await bob.accept(link);
  await pass(5 * SECOND_MS);
  const like = await alice.contact(bob);
  await alice.change(async (tx) => {
    for (let n = 0; n < 200; n += 1) {
      const account = `${n}`.padStart(64, "0");
      await tx.put("contacts", { ...like, account, state: "request" });
    }
  });
  await carol.accept(link);
  await pass(10 * SECOND_MS);
  expect(alice.dropped).toContain("contact unasked");
  expect((await alice.rows("contacts")).map((it) => it.name)).not.toContain("carol");
});

test("[CO6] a blocked stranger's token is revoked: their relay is told no", async () => {
  const names = ["alice", "bob", "mallory"] as const;
  const { alice, bob, mallory, relay, pass } = await world(names);
  const link = await alice.invite();
  await bob.accept(link);
  await pass(5 * SECOND_MS);
  await mallory.accept(link);
  await pass(5 * SECOND_MS);
  await alice.decide(mallory, "block");
  await pass(5 * SECOND_MS);
  relay.counted();
  await mallory.say(alice, "let me in");
  await pass(MINUTE_MS);
  const counts = relay.counted();
  expect(counts["put.denied"]).toBeGreaterThan(0);
  expect(counts["put.stored"] ?? 0).toBe(0);
  expect(await alice.sees(mallory)).toEqual([]);
  expect(await mallory.states(alice)).toEqual(["waiting"]);
  // The first who used the link is not concerned.
  await bob.say(alice, "hello");
  await pass(5 * SECOND_MS);
  expect(await alice.sees(bob)).toEqual(["hello"]);
});

test("[CO6] what a blocked contact had sent before the relay knew is dropped, and nothing is told them", async () => {
  const { alice, bob, relay, pass, befriend } = await world(["alice", "bob"]);
  await befriend(alice, bob);
  await alice.say(bob, "before");
  await pass(5 * SECOND_MS);
  await alice.sleep();
  await bob.say(alice, "on its way when it happens");
  await pass(5 * SECOND_MS);
  alice.disconnect();
  await alice.wake();
  await alice.decide(bob, "block");
  await alice.say(bob, "never").catch(() => undefined);
  alice.reconnect();
  await pass(MINUTE_MS);
  expect(relay.messages).toBe(0);
  expect(alice.dropped).toContain("blocked");
  expect(await alice.sees(bob)).toEqual(["before"]);
  expect(await alice.unread(bob)).toBe(0);
  expect(await bob.states(alice)).toEqual(["sent"]);
  bob.device.typing(await bob.chatWith(alice));
  await pass(SECOND_MS);
  expect(alice.status?.typing).toEqual({});
});

test("[CO6] who is blocked is not told that they were read", async () => {
  const { alice, bob, relay, pass, befriend } = await world(["alice", "bob"]);
  await befriend(alice, bob);
  await alice.say(bob, "so that there is a chain");
  await bob.say(alice, "did you read this?");
  await pass(10 * SECOND_MS);
  expect(await bob.states(alice)).toEqual(["delivered"]);
  await alice.decide(bob, "block");
  await pass(SECOND_MS);
  relay.counted();
  await alice.read(bob);
  alice.device.typing(await alice.chatWith(bob));
  await pass(MINUTE_MS);
  expect(await bob.states(alice)).toEqual(["delivered"]);
  expect(relay.counted()["put.stored"] ?? 0).toBe(0);
  expect(bob.status?.typing).toEqual({});
});

test("[CO6] what waits for a contact is dropped when they are blocked", async () => {
  const { alice, bob, pass, befriend } = await world(["alice", "bob"]);
  await befriend(alice, bob);
  alice.disconnect();
  await alice.say(bob, "written and regretted");
  await pass(SECOND_MS);
  await alice.decide(bob, "block");
  expect(await alice.rows("outbox")).toEqual([]);
  alice.reconnect();
  await pass(MINUTE_MS);
  expect(await bob.sees(alice)).toEqual([]);
});

test("[CO7] who is blocked and accepted again can write, under a new token", async () => {
  const { alice, bob, relay, pass, befriend, atRest } = await world(["alice", "bob"]);
  await befriend(alice, bob);
  await alice.decide(bob, "block");
  await pass(MINUTE_MS);
  await alice.decide(bob, "accept");
  await pass(10 * SECOND_MS);
  relay.counted();
  await bob.say(alice, "friends again");
  await pass(10 * SECOND_MS);
  expect(relay.counted()["put.denied"] ?? 0).toBe(0);
  expect(await alice.sees(bob)).toEqual(["friends again"]);
  await alice.say(bob, "yes");
  await atRest();
  expect(await bob.sees(alice)).toEqual(["friends again", "yes"]);
});

test("[CO3] the same person may use the same link again", async () => {
  const { alice, bob, pass, atRest } = await world(["alice", "bob"]);
  const link = await alice.invite();
  await bob.accept(link);
  await bob.say(alice, "one");
  await pass(5 * SECOND_MS);
  await bob.accept(link);
  await bob.say(alice, "two");
  await atRest();
  expect((await alice.contact(bob)).state).toBe("accepted");
  expect((await alice.others()).length).toBe(1);
  expect(await alice.sees(bob)).toEqual(["one", "two"]);
});

test("[CO3] two people who use each other's links at once are contacts, in one chat", async () => {
  const { alice, bob, pass, outcome, atRest } = await world(["alice", "bob"]);
  const toAlice = await alice.invite();
  const toBob = await bob.invite();
  await outcome(Promise.all([alice.device.acceptInvite(toBob), bob.device.acceptInvite(toAlice)]));
  await alice.say(bob, "from alice");
  await bob.say(alice, "from bob");
  await pass(20 * SECOND_MS);
  expect((await alice.contact(bob)).state).toBe("accepted");
  expect((await bob.contact(alice)).state).toBe("accepted");
  await atRest();
  expect((await alice.sees(bob)).toSorted()).toEqual(["from alice", "from bob"]);
  expect(await bob.sees(alice)).toEqual(await alice.sees(bob));
});

test("[CO4] an acceptance that breaks off leaves nothing behind, and succeeds when tried again", async () => {
  const { alice, bob, relay, pass, outcome, killRelay, atRest } = await world(["alice", "bob"]);
  const link = await alice.invite();
  const first = bob.device.acceptInvite(link);
  // The record is read; the relay dies before the rest.
  await pass(50);
  killRelay(relay);
  expect(await outcome(first)).toEqual({ ok: false, error: { type: "RelayUnreachable" } });
  expect((await bob.others()).map((it) => it.name)).toEqual([]);
  const kinds = (await bob.rows("channels")).map((it) => it.kind);
  expect(kinds.toSorted()).toEqual(["account", "self"]);

  relay.start();
  await pass(MINUTE_MS);
  await bob.accept(link);
  await bob.say(alice, "here I am");
  await atRest(MINUTE_MS);
  expect((await bob.contact(alice)).state).toBe("accepted");
  expect(await alice.sees(bob)).toEqual(["here I am"]);
});

test("[CO4] says why a link cannot be used", async () => {
  const { alice, bob, pass, outcome, night } = await world(["alice", "bob"]);
  const link = await alice.invite();
  const refusal = async (used: string): Promise<unknown> => {
    const answer = await outcome(bob.device.acceptInvite(used));
    return answer.ok ? "accepted" : answer.error.type;
  };
  expect(await outcome(alice.device.acceptInvite(link))).toEqual({
    ok: false,
    error: { type: "LinkIsOwn" },
  });
  expect(await refusal("https://kith.example/nothing-behind-it")).toBe("LinkMalformed");
  const [invite] = await alice.rows("invites");
  await alice.change(async (tx) => {
    // Another secret: nothing lies at that address.
    if (invite !== undefined) await tx.put("invites", { ...invite, published: true });
  });
  await night(31 * 86_400_000);
  expect(await refusal(link)).toBe("LinkExpired");
  await pass(SECOND_MS);
});

test("[CO8] note to self needs nobody: no relay, no outbox, and it is saved", async () => {
  const { alice, relay, pass, killRelay } = await world(["alice"]);
  killRelay(relay);
  await alice.say(alice, "milk");
  await alice.say(alice, "bread");
  await pass(MINUTE_MS);
  expect(await alice.sees(alice)).toEqual(["milk", "bread"]);
  expect(await alice.states(alice)).toEqual(["saved", "saved"]);
  expect(await alice.rows("outbox")).toEqual([]);
  await alice.sleep();
  await alice.wake();
  await alice.say(alice, "salt");
  expect(await alice.sees(alice)).toEqual(["milk", "bread", "salt"]);
});

test("[CO12] the link of a blocked stranger leads nowhere any more", async () => {
  const { alice, bob, carol, pass, outcome } = await world(["alice", "bob", "carol"]);
  const link = await alice.invite();
  await bob.accept(link);
  await pass(5 * SECOND_MS);
  await carol.accept(link);
  await pass(5 * SECOND_MS);
  await alice.decide(carol, "block");
  await pass(5 * SECOND_MS);
  expect(await outcome(carol.device.acceptInvite(link))).toEqual({
    ok: false,
    error: { type: "InviteNotFound" },
  });
  expect((await alice.rows("invites")).map((it) => [it.isWithdrawn, it.published])).toEqual([
    [true, false],
  ]);
  // It is not handed out again, and stays away when the relay has to be told everything anew.
  expect(await alice.invite()).not.toBe(link);
});

test("[CO13] however many were invited in a month, the next link works", async () => {
  const { alice, bob, pass, atRest } = await world(["alice", "bob"]);
  for (let n = 0; n < 70; n += 1) {
    await alice.invite();
    await alice.change(async (tx) => {
      for (const row of await tx.range("invites", "primary", {})) {
        await tx.put("invites", { ...row, redeemedBy: "somebody" });
      }
    });
  }
  const link = await alice.invite();
  await pass(5 * SECOND_MS);
  const invites = await alice.rows("invites");
  expect(invites).toHaveLength(71);
  expect(invites.filter((it) => it.published)).toHaveLength(LIVE_INVITES_MAX);
  expect(invites.find((it) => it.link === link)?.published).toBe(true);
  await bob.accept(link);
  await atRest();
  expect((await alice.contact(bob)).state).toBe("accepted");
});

test("[CO10] two who write to each other in a group become contacts by a link", async () => {
  const w = await world(["alice", "bob", "carol"]);
  const { alice, bob, carol } = w;
  await w.befriend(alice, bob);
  await w.befriend(alice, carol);
  await makeGroup(alice, [bob, carol]);
  await w.pass(20 * SECOND_MS);
  for (const it of [bob, carol]) await tell(it, `${it.name} is here`);
  await w.pass(20 * SECOND_MS);
  await w.befriend(bob, carol);
  await w.atRest();
});

test("[CO14] another device of who used an invite is heard, though its token is the invite's", async () => {
  const { alice, phone, laptop, relay, pass, atRest } = await world(["alice", "phone", "laptop"]);
  await linked(phone, laptop);
  await pass(20 * SECOND_MS);
  const link = await alice.invite();
  await pass(SECOND_MS);
  await alice.sleep();
  await phone.accept(link);
  await phone.say(alice, "from the phone");
  await pass(10 * SECOND_MS);
  await phone.sleep();
  await alice.wake();
  await pass(10 * SECOND_MS);
  // What gives the phone a token of its own is lost: the first that it hears of Alice is her chain.
  const [row] = await phone.rows("mailboxes");
  await relay.lose(bytesOf(row?.mailbox ?? ""));
  await alice.say(phone, "hello");
  await phone.wake();
  await pass(MINUTE_MS);
  await laptop.say(alice, "from the laptop");
  await pass(2 * MINUTE_MS);
  expect(await alice.sees(phone)).toEqual(["from the phone", "hello", "from the laptop"]);
  await atRest();
});
