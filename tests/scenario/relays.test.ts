import { expect, test } from "vitest";

import { inviteTagOf, sealInviteRecord } from "../../crypto/invite/record.ts";
import { ownerOf } from "../../sync/account/mailboxes.ts";
import { introductionOf, ownCard } from "../../sync/contact/contacts.ts";
import { moveSecretOf } from "../../sync/contact/moves.ts";
import { openRelayHttp } from "../../sync/session/relay-http.ts";
import { idOf } from "../../sync/wire/ids.ts";
import { selfOf } from "./forge.ts";
import { groupOf, hears, makeGroup, tell } from "./group-talk.ts";
import { MINUTE_MS, SECOND_MS, world } from "./world.ts";

test("[OB5] the relay is killed in the middle of a conversation: nothing is lost, nothing comes twice", async () => {
  const { alice, bob, relay, pass, befriend, killRelay, atRest } = await world(["alice", "bob"]);
  await befriend(alice, bob);
  for (const n of [1, 2, 3, 4, 5]) {
    await alice.say(bob, `a${n}`);
    await bob.say(alice, `b${n}`);
    // Some are on the wire, some are stored and not answered for, some wait.
    await pass(15 * n);
    killRelay(relay);
    await alice.say(bob, `a${n} while it is down`);
    await pass(3 * SECOND_MS);
    relay.start();
    await pass(200 * n);
  }
  await atRest(MINUTE_MS);
  const texts = await alice.sees(bob);
  expect(texts.length).toBe(15);
  expect(new Set(texts).size).toBe(15);
  expect(await bob.sees(alice)).toEqual(texts);
  expect(new Set(await alice.states(bob))).toEqual(new Set(["delivered"]));
});

test("[OB6] [UP2] a relay loses its store: all is told it again, what was undelivered is sent again", async () => {
  const { alice, bob, relay, pass, befriend, killRelay, atRest } = await world(["alice", "bob"]);
  await befriend(alice, bob);
  const openInvite = await alice.invite();
  await bob.sleep();
  for (const text of ["one", "two", "three"]) await alice.say(bob, text);
  await pass(5 * SECOND_MS);
  expect(await alice.states(bob)).toEqual(["sent", "sent", "sent"]);

  killRelay(relay, { forgets: true });
  relay.start();
  await pass(30 * SECOND_MS);
  await bob.wake();
  await pass(MINUTE_MS);
  expect(await bob.sees(alice)).toEqual(["one", "two", "three"]);
  await bob.say(alice, "the chat goes on");
  await atRest();
  expect(await alice.sees(bob)).toEqual(["one", "two", "three", "the chat goes on"]);
  expect(await alice.states(bob)).toEqual(["delivered", "delivered", "delivered"]);
  // Tokens, prekeys and invites were told anew: a stranger comes in by the old link.
  for (const person of [alice, bob]) {
    const told = await person.rows("tokens");
    expect(told.every((it) => it.registeredAt.length === 1)).toBe(true);
    expect((await person.rows("mailboxes"))[0]).toMatchObject({ registered: true });
    expect((await person.rows("mailboxes"))[0]?.prekeysAtMs).toBeGreaterThan(0);
  }
  await bob.accept(openInvite);
  await atRest();
});

test("[UP2] what a relay answered before it lost its store counts no more, though it comes after", async () => {
  const { alice, bob, relay, killRelay, pass, atRest } = await world(["alice", "bob"]);
  const { promise: later, resolve: release } = Promise.withResolvers<void>();
  let isFirst = true;
  relay.between = async (request, app) => {
    const answer = await app(request);
    const isHeld = isFirst && request.url.endsWith("/v1/tokens");
    isFirst &&= !isHeld;
    if (isHeld) await later;
    return answer;
  };
  const asked = alice.device.invite();
  await pass(SECOND_MS);
  expect(isFirst).toBe(false);
  killRelay(relay, { forgets: true });
  relay.start();
  await pass(5 * SECOND_MS);
  release();
  await pass(MINUTE_MS);
  const made = await asked;
  // The token of the link is at the relay that there is now.
  await bob.accept(made.ok ? made.value.link : "");
  await bob.say(alice, "hello");
  await pass(5 * SECOND_MS);
  expect(await alice.sees(bob)).toEqual(["hello"]);
  await atRest();
});

test("[OB6] messages written while the relay has lost its store are not stopped by an empty card", async () => {
  const { alice, bob, relay, pass, befriend, killRelay, atRest } = await world(["alice", "bob"]);
  await befriend(alice, bob);
  killRelay(relay, { forgets: true });
  // So many that new chains are handed over, each with a card, before everything is registered again.
  for (let n = 1; n <= 60; n += 1) await alice.say(bob, `a${n}`);
  for (let n = 1; n <= 60; n += 1) await bob.say(alice, `b${n}`);
  relay.start();
  await pass(MINUTE_MS);
  await alice.say(bob, "and one more");
  await bob.say(alice, "one more here, too");
  await atRest(MINUTE_MS);
  expect((await alice.sees(bob)).length).toBe(122);
  expect(await bob.sees(alice)).toEqual(await alice.sees(bob));
});

test("[UP1] a relay that dies at any moment of the upkeep leaves it to be finished later", async () => {
  const { alice, relay, pass, killRelay } = await world(["alice"]);
  const invites: string[] = [];
  for (const ms of [0, 10, 25, 45, 65, 85, 105]) {
    killRelay(relay, { forgets: ms % 2 === 1 });
    relay.start();
    const asked = alice.device.invite();
    await pass(ms);
    killRelay(relay);
    await pass(5 * SECOND_MS);
    const made = await asked;
    invites.push(made.ok ? made.value.link : "");
    relay.start();
  }
  await pass(2 * MINUTE_MS);
  // One invite, however often it was asked for, and the relay has it.
  expect(new Set(invites).size).toBe(1);
  expect((await alice.rows("invites")).map((it) => it.published)).toEqual([true]);
  expect((await alice.rows("mailboxes")).map((it) => it.registered)).toEqual([true]);
  // That of the invite, and our own, which stands in the recovery capsule.
  const told = (await alice.rows("tokens")).map((it) => it.registeredAt);
  expect(told).toEqual([[relay.url], [relay.url]]);
});

test("[OB9] 520 messages for a relay that is away keep nobody else's back", async () => {
  const names = ["alice", "bob", "carol"] as const;
  const { alice, bob, carol, otherRelay, pass, befriend, killRelay } = await world(names, {
    atOther: ["bob"],
  });
  await befriend(alice, bob);
  await befriend(alice, carol);
  killRelay(otherRelay);
  for (let n = 1; n <= 520; n += 1) await alice.say(bob, `${n}`);
  await alice.say(carol, "behind 520 others");
  await pass(3 * SECOND_MS);
  expect(await carol.sees(alice)).toEqual(["behind 520 others"]);
  expect(await bob.sees(alice)).toEqual([]);
  // A few knocked for all of them.
  const tried = (await alice.rows("outbox")).filter((it) => it.attempts > 0);
  expect(tried.length).toBeGreaterThan(0);
  expect(tried.length).toBeLessThanOrEqual(96);
});

test("[CO5] the acceptance is lost with the relay's store, and both become contacts all the same", async () => {
  const { alice, bob, relay, pass, killRelay, atRest } = await world(["alice", "bob"]);
  const link = await alice.invite();
  await bob.accept(link);
  await bob.say(alice, "hello");
  await pass(60);
  await bob.sleep();
  await pass(10 * SECOND_MS);
  // Alice has met Bob and said so; her words lie in Bob's mailbox, which is lost now.
  expect((await alice.contact(bob)).state).toBe("accepted");
  expect(relay.messages).toBeGreaterThan(0);
  killRelay(relay, { forgets: true });
  relay.start();
  await bob.wake();
  await atRest(MINUTE_MS);
  expect((await bob.contact(alice)).state).toBe("accepted");
  // All of it came: also the key under which she is seen to come and go.
  expect((await bob.contact(alice)).presenceIn).toEqual((await alice.contact(bob)).presenceOut);
  await alice.say(bob, "there you are");
  await atRest();
  expect(await bob.sees(alice)).toEqual(["hello", "there you are"]);
});

test("[OB6] the first flight is lost with the relay's store before the inviter came", async () => {
  const { alice, bob, relay, pass, killRelay, atRest } = await world(["alice", "bob"]);
  const link = await alice.invite();
  await alice.sleep();
  await bob.accept(link);
  await bob.say(alice, "hello");
  await pass(10 * SECOND_MS);
  expect(await bob.states(alice)).toEqual(["sent"]);
  killRelay(relay, { forgets: true });
  relay.start();
  await pass(30 * SECOND_MS);
  await alice.wake();
  await atRest(6 * MINUTE_MS);
  expect(await alice.sees(bob)).toEqual(["hello"]);
  expect(await bob.states(alice)).toEqual(["delivered"]);
});

test("[OB9] [OB11] a contact's relay is away while ours stays: it goes on by itself", async () => {
  const names = ["alice", "bob", "carol"] as const;
  const { alice, bob, carol, otherRelay, pass, befriend, killRelay, atRest } = await world(names, {
    atOther: ["bob"],
  });
  await befriend(alice, bob);
  await befriend(alice, carol);
  killRelay(otherRelay);
  for (let n = 1; n <= 150; n += 1) await alice.say(bob, `${n}`);
  await alice.say(carol, "behind 150 others");
  await pass(3 * SECOND_MS);
  expect(await carol.sees(alice)).toEqual(["behind 150 others"]);

  await pass(15 * MINUTE_MS);
  otherRelay.start();
  // A relay takes 60 at once and two a second after that.
  await pass(3 * MINUTE_MS);
  await atRest();
  expect((await bob.sees(alice)).length).toBe(150);
  expect(await bob.sees(alice)).toEqual(await alice.sees(bob));
  const puts = otherRelay.counted();
  // Not many more are tried than taken; what overtook others and was asked for is in it.
  expect(puts["put.stored"]).toBeGreaterThanOrEqual(75);
  expect(puts["put.busy"]).toBeLessThan(400);
  expect(puts["put.duplicate"] ?? 0).toBeLessThan(20);
});

test("[UP7] [MV1] a relay comes back without its folder: everybody begins anew there and finds the others", async () => {
  const names = ["alice", "bob", "carol"] as const;
  const { alice, bob, carol, relay, pass, befriend, atRest } = await world(names, {
    atOther: ["carol"],
  });
  await befriend(alice, bob);
  await befriend(alice, carol);
  const openInvite = await alice.invite();
  await bob.sleep();
  await alice.say(bob, "undelivered");
  await carol.say(alice, "hello from elsewhere");
  await pass(5 * SECOND_MS);
  const before = (await alice.rows("mailboxes"))[0];
  expect(alice.status?.relayRenewed).toBe(false);

  relay.vanish();
  for (const person of [alice, carol]) person.transport.cut();
  relay.start();
  await pass(MINUTE_MS);
  expect(alice.status?.relayRenewed).toBe(true);
  expect(alice.status?.connection).toEqual({ type: "connected" });
  expect((await alice.rows("mailboxes"))[0]?.mailbox).not.toBe(before?.mailbox);
  expect((await alice.rows("mailboxes"))[0]).toMatchObject({ registered: true });
  // Carol's relay stayed, so she got Alice's new card; Bob, who slept, is found when he is back.
  await carol.say(alice, "still reaching you");
  await pass(5 * SECOND_MS);
  expect(await alice.sees(carol)).toEqual(["hello from elsewhere", "still reaching you"]);
  await bob.wake();
  await pass(5 * MINUTE_MS);
  expect(await bob.sees(alice)).toEqual(["undelivered"]);
  await bob.say(alice, "I found you, too");
  await pass(SECOND_MS);
  await alice.say(bob, "good");
  await atRest(MINUTE_MS);
  expect(await alice.sees(bob)).toEqual(await bob.sees(alice));
  expect(await alice.sees(bob)).toEqual(["undelivered", "I found you, too", "good"]);
  expect(await alice.states(bob)).toEqual(["delivered", "delivered"]);
  // Links that were given away work again.
  await carol.accept(openInvite);
  await atRest();
});

test("[UP4] [MV1] a card that tells of a move holds a token that our relay knows, also one made for it", async () => {
  const names = ["alice", "bob", "carol", "dave"] as const;
  const w = await world(names, { atOther: ["bob", "carol", "dave"] });
  const { alice, bob, carol, dave, relay, pass, befriend } = w;
  for (const it of [alice, carol, dave]) await befriend(bob, it);
  await makeGroup(bob, [alice, carol, dave]);
  await pass(20 * SECOND_MS);
  for (const it of [alice, carol]) await tell(it, "here");
  await pass(20 * SECOND_MS);
  // Who leaves knows the group's token: there is none until the next card is made.
  await dave.device.groups.leave(await groupOf(dave));
  await pass(20 * SECOND_MS);
  relay.vanish();
  alice.transport.cut();
  relay.start();
  await pass(20 * SECOND_MS);
  const held = (await alice.rows("tokens")).filter((it) => it.class === "group");
  expect(held.map((it) => it.registeredAt)).toEqual(held.map(() => [relay.url]));
  await bob.sleep();
  await tell(carol, "still with us?");
  await pass(20 * SECOND_MS);
  expect((await hears(alice)).at(-1)).toBe("still with us?");
});

test("[MV2] [MV4] who has nobody's new card yet looks for them again, and later finds them", async () => {
  const { alice, bob, relay, pass, befriend, atRest } = await world(["alice", "bob"]);
  await befriend(alice, bob);
  await bob.sleep();
  relay.vanish();
  alice.transport.cut();
  relay.start();
  await alice.say(bob, "where are you?");
  await pass(6 * 60 * MINUTE_MS);
  expect(await alice.states(bob)).toEqual(["waiting"]);
  // Soon, and then once an hour: her own record, and questions for his.
  const asked = relay.asked.filter((it) => it.includes("/invites/"));
  expect(asked.length).toBeGreaterThan(8);
  expect(asked.length).toBeLessThan(20);
  await bob.wake();
  await pass(5 * MINUTE_MS);
  expect(await bob.sees(alice)).toEqual(["where are you?"]);
  await atRest();
  // By now each has the other's new card, which says it all.
  for (const person of [alice, bob]) {
    expect((await person.rows("devices")).map((it) => it.moves)).toEqual([[]]);
  }
});

test("[MV3] a record that somebody else left in time misleads nobody, and keeps its owner from nothing", async () => {
  const names = ["alice", "bob", "carol"] as const;
  const { alice, bob, carol, relay, pass, outcome, befriend, atRest } = await world(names, {
    atOther: ["carol"],
  });
  await befriend(alice, bob);
  await befriend(alice, carol);
  await alice.sleep();
  relay.vanish();
  bob.transport.cut();
  relay.start();
  await pass(MINUTE_MS);
  // Bob knows Alice's device, and where she would tell that she moved.
  const [mailbox] = await bob.rows("mailboxes");
  const owner = mailbox === undefined ? undefined : ownerOf(mailbox);
  if (owner === undefined) throw new Error("a mailbox");
  const { keys } = await selfOf(alice);
  const self = await selfOf(bob);
  const secret = moveSecretOf(keys.sigKey, owner.relayId);
  const introduction = await bob.change(async (tx) => {
    const context = { self, nowMs: bob.timers.now(), effects: { upkeep: () => undefined } };
    return introductionOf(tx, self, [await ownCard(tx, context, null)]);
  });
  const content = { expiresAtS: 2 ** 32 - 1, voucher: new Uint8Array(0), introduction };
  const record = sealInviteRecord(secret, content, (length) => new Uint8Array(length));
  if (!record.ok) throw new Error("a record");
  const http = openRelayHttp({
    url: relay.url,
    owner,
    transport: bob.transport,
    timers: bob.timers,
  });
  const tag = idOf("InviteTag", inviteTagOf(secret));
  const hash = idOf("TokenHash", new Uint8Array(32));
  const put = http.putInvite(tag, record.value, bob.timers.now() + 60 * MINUTE_MS, hash);
  expect((await outcome(put)).ok).toBe(true);

  await carol.say(alice, "are you there?");
  await pass(MINUTE_MS);
  expect((await carol.rows("devices")).flatMap((it) => it.moves ?? [])).toEqual([]);
  await alice.wake();
  await pass(MINUTE_MS);
  // She is registered, her invites are there, and Carol got her card.
  expect(alice.status?.connection).toEqual({ type: "connected" });
  expect(await alice.sees(carol)).toEqual(["are you there?"]);
  await alice.invite();
  await atRest();
  expect((await alice.rows("invites")).every((it) => it.published)).toBe(true);
});

test("[UP7] a relay whose two doors name different relays is not moved to", async () => {
  const { alice, relay, pass } = await world(["alice"]);
  await pass(SECOND_MS);
  const before = (await alice.rows("mailboxes"))[0];
  relay.vanish();
  // By HTTP nobody answers: what the socket says of itself is not enough.
  alice.transport.cut();
  relay.start(() => new Response(null, { status: 502 }));
  await pass(5 * MINUTE_MS);
  expect((await alice.rows("mailboxes"))[0]).toEqual(before);
  expect(alice.status?.connection.type).toBe("offline");
  relay.kill();
  alice.transport.cut();
  relay.start();
  await pass(3 * MINUTE_MS);
  expect(alice.status?.connection).toEqual({ type: "connected" });
});

test("[UP8] a relay that asks for a long pause is asked again in five minutes", async () => {
  const { alice, relay, pass, killRelay } = await world(["alice"]);
  killRelay(relay, { forgets: true });
  const problem = { type: "Overloaded", retryAfterMs: Number.MAX_SAFE_INTEGER };
  relay.start(() => Response.json(problem, { status: 503 }));
  await pass(MINUTE_MS);
  expect((await alice.rows("mailboxes"))[0]).toMatchObject({ registered: false });
  // Opened anew she has no link that could tell her that the relay is itself again.
  await alice.sleep();
  await alice.wake();
  await pass(SECOND_MS);
  killRelay(relay);
  relay.start();
  await pass(5 * MINUTE_MS);
  expect(alice.status?.connection).toEqual({ type: "connected" });
});
