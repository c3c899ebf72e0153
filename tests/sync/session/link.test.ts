import { beforeAll, expect, test } from "vitest";

import { ready } from "../../../crypto/base/sodium.ts";
import { envelopeIdOf, mailboxIdOf, tokenHashOf } from "../../../crypto/public/relay-ids.ts";
import { signKeyPairOf } from "../../../crypto/sign.ts";
import {
  type Link,
  type LinkState,
  type MailboxOwner,
  openLink,
} from "../../../sync/session/link.ts";
import { openLinkPool } from "../../../sync/session/pool.ts";
import { openRelayHttp, type RelayHttp } from "../../../sync/session/relay-http.ts";
import type {
  EnvelopeId,
  MailboxId,
  MailboxKey,
  Token,
  TokenHash,
} from "../../../sync/wire/ids.ts";
import type { MsgFrame } from "../../../sync/wire/message-frames.ts";
import { bytesOf, idOf, putOf, URL_HERE } from "./played-relay.ts";
import { countingRandom, openRealRelay, type RealRelay } from "./real-relay.ts";

beforeAll(() => ready);

type Member = {
  readonly owner: MailboxOwner;
  readonly http: RelayHttp;
  readonly token: Token;
  readonly link: Link;
  readonly states: LinkState["type"][];
  readonly inbox: (readonly MsgFrame[])[];
  readonly empties: number[];
};

/** Somebody with a registered mailbox, one write token and an open owner link. */
async function member(it: RealRelay, fill: number): Promise<Member> {
  const seed = bytesOf(32, fill);
  const { publicKey } = signKeyPairOf(seed);
  const { relayId } = it.relay();
  const owner: MailboxOwner = {
    seed,
    publicKey: publicKey as MailboxKey,
    mailbox: mailboxIdOf(publicKey, relayId) as MailboxId,
  };
  const { transport, timers } = it;
  const http = openRelayHttp({ url: URL_HERE, owner: { ...owner, relayId }, transport, timers });
  expect(await answered(it, http.register({}))).toEqual({ ok: true, value: owner.mailbox });
  const token = idOf("Token", fill);
  const granted = http.putTokens([
    {
      hash: tokenHashOf(token) as TokenHash,
      class: "contact",
      label: idOf("Label", fill),
      push: false,
      expiresAtMs: timers.now() + 86_400_000,
    },
  ]);
  expect(await answered(it, granted)).toEqual({ ok: true, value: undefined });
  const states: LinkState["type"][] = [];
  const inbox: (readonly MsgFrame[])[] = [];
  const empties: number[] = [];
  const link = openLink({
    url: URL_HERE,
    relayId,
    owner,
    transport,
    timers,
    random: countingRandom(),
    events: {
      onState: (state) => states.push(state.type),
      onMessages: (batch) => inbox.push(batch),
      onEmpty: () => empties.push(inbox.flat().length),
    },
  });
  return { owner, http, token, link, states, inbox, empties };
}

const answered = <Value>(it: RealRelay, pending: Promise<Value>): Promise<Value> =>
  it.timers.outcome(pending);

/** An envelope to one member. */
function envelopeTo(to: Member, fill: number) {
  const body = bytesOf(50, fill);
  const envelope = envelopeIdOf(body) as EnvelopeId;
  const targets = [{ mailbox: to.owner.mailbox, token: to.token }];
  return { ...putOf(), body, envelope, targets };
}

const guestOf = (it: RealRelay) =>
  openLinkPool({
    mayReach: () => true,
    transport: it.transport,
    timers: it.timers,
    random: countingRandom(),
    events: {},
  });

const STORED = { ok: true, value: [{ status: "stored" }] };

test("[SE9] an envelope goes from a guest's PUT to its owner, and is gone once acknowledged", async () => {
  const it = openRealRelay();
  const bob = await member(it, 1);
  await it.timers.advance(1_000);
  expect(bob.states).toEqual(["welcoming", "authing", "open"]);
  expect(bob.empties).toEqual([0]);

  const guest = guestOf(it).linkTo(URL_HERE, it.relay().relayId, "of someone");
  expect(await answered(it, guest!.put(envelopeTo(bob, 5)))).toEqual(STORED);
  expect(await answered(it, guest!.put(envelopeTo(bob, 5)))).toMatchObject({
    value: [{ status: "duplicate" }],
  });
  await it.timers.settle();
  const [message] = bob.inbox.flat();
  expect(message).toMatchObject({ label: idOf("Label", 1), body: bytesOf(50, 5), counter: 1 });
  expect(it.relay().status().messages).toBe(1);
  bob.link.ack([message!.id]);
  await it.timers.advance(1_000);
  expect(it.relay().status()).toMatchObject({ messages: 0, sockets: 2 });
});

test("[SE9] what nobody may write is denied, and a broken envelope is told from it", async () => {
  const it = openRealRelay();
  const bob = await member(it, 1);
  const guest = guestOf(it).linkTo(URL_HERE, it.relay().relayId, "of someone");
  const good = envelopeTo(bob, 5);
  const targets = [{ mailbox: bob.owner.mailbox, token: idOf("Token", 200) }];
  expect(await answered(it, guest!.put({ ...good, targets }))).toMatchObject({
    value: [{ status: "denied" }],
  });
  const envelope = idOf("EnvelopeId", 9);
  expect(await answered(it, guest!.put({ ...good, envelope }))).toMatchObject({
    value: [{ status: "badEnvelope" }],
  });
});

test("[SE19] what waited arrives before EMPTY, oldest first", async () => {
  const it = openRealRelay();
  const bob = await member(it, 1);
  await it.timers.advance(1_000);
  bob.link.close();
  const guest = guestOf(it).linkTo(URL_HERE, it.relay().relayId, "of someone");
  const count = 60;
  for (let fill = 1; fill <= count; fill += 1) {
    expect(await answered(it, guest!.put(envelopeTo(bob, fill)))).toEqual(STORED);
  }
  const inbox: number[] = [];
  const empties: number[] = [];
  const again: Link = openLink({
    url: URL_HERE,
    relayId: it.relay().relayId,
    owner: bob.owner,
    transport: it.transport,
    timers: it.timers,
    random: countingRandom(),
    events: {
      onMessages: (batch) => {
        inbox.push(...batch.map(({ body }) => body[0] ?? 0));
        again.ack(batch.map(({ id }) => id));
      },
      onEmpty: () => empties.push(inbox.length),
    },
  });
  await it.timers.advance(2_000);
  expect(inbox).toEqual(Array.from({ length: count }, (_, i) => i + 1));
  expect(empties).toEqual([count]);
  expect(it.relay().status().messages).toBe(0);
});

test("[SE11] a relay that is killed loses nothing that it answered, and PUTs without an answer end", async () => {
  const it = openRealRelay();
  const bob = await member(it, 1);
  await it.timers.advance(1_000);
  const guest = guestOf(it).linkTo(URL_HERE, it.relay().relayId, "of someone");
  expect(await answered(it, guest!.put(envelopeTo(bob, 5)))).toEqual(STORED);
  const cutOff = guest!.put(envelopeTo(bob, 6));
  it.stop();
  expect(await answered(it, cutOff)).toEqual({ ok: false, error: { type: "LinkDown" } });
  expect(bob.link.state()).toMatchObject({ type: "waiting", why: "lost" });
  await it.timers.advance(3_000);
  expect(bob.link.state()).toMatchObject({ type: "waiting", why: "unreachable" });
  it.restart();
  bob.link.wake();
  guest!.wake();
  await it.timers.advance(5_000);
  expect(bob.link.state().type).toBe("open");
  expect(await answered(it, guest!.put(envelopeTo(bob, 6)))).toEqual(STORED);
  await it.timers.settle();
  expect(bob.inbox.flat().map(({ body }) => body[0])).toEqual(expect.arrayContaining([5, 6]));
});

test("[SE15] a second connection to a mailbox replaces the first, which stays quiet", async () => {
  const it = openRealRelay();
  const bob = await member(it, 1);
  await it.timers.advance(1_000);
  const { transport, timers } = it;
  const second = openLink({
    url: URL_HERE,
    relayId: it.relay().relayId,
    owner: bob.owner,
    transport,
    timers,
    random: countingRandom(),
    events: {},
  });
  await timers.advance(120_000);
  expect([bob.link.state().type, second.state().type]).toEqual(["replaced", "open"]);
  bob.link.wake();
  await timers.advance(1_000);
  expect([bob.link.state().type, second.state().type]).toEqual(["open", "replaced"]);
});

test("[SE15] a mailbox that the relay does not know is unauthorised, until it is registered", async () => {
  const it = openRealRelay();
  const { relayId } = it.relay();
  const { publicKey } = signKeyPairOf(bytesOf(32, 9));
  const owner = {
    seed: bytesOf(32, 9),
    publicKey: publicKey as MailboxKey,
    mailbox: mailboxIdOf(publicKey, relayId) as MailboxId,
  };
  const { transport, timers } = it;
  const options = { url: URL_HERE, relayId, transport, timers };
  const link = openLink({ ...options, owner, random: countingRandom(), events: {} });
  await timers.settle();
  expect(link.state()).toMatchObject({ type: "waiting", why: "unauthorised" });
  const http = openRelayHttp({ url: URL_HERE, owner: { ...owner, relayId }, transport, timers });
  await answered(it, http.register({}));
  link.wake();
  await timers.advance(1_000);
  expect(link.state().type).toBe("open");
});

test("[SE6] an owner and a follower stay connected for an hour, visible or not, and a bare guest does not", async () => {
  const it = openRealRelay();
  const bob = await member(it, 1);
  const guests = guestOf(it);
  const follower = guests.linkTo(URL_HERE, it.relay().relayId, "of someone")!;
  follower.subscribe([idOf("Topic", 1)]);
  await it.timers.advance(1_800_000);
  bob.link.setVisible(false);
  follower.setVisible(false);
  await it.timers.advance(1_800_000);
  expect(bob.states).toEqual(["welcoming", "authing", "open"]);
  expect(follower.state().type).toBe("open");
  follower.unsubscribe([idOf("Topic", 1)]);
  await it.timers.advance(61_000);
  expect(follower.state().type).toBe("idle");
  expect(it.relay().status().sockets).toBe(1);
});

test("[RH5] invites, prekeys and vouchers go there and back", async () => {
  const it = openRealRelay("invite");
  const relayId = it.relay().relayId;
  const { transport, timers } = it;
  const stranger = openRelayHttp({ url: URL_HERE, owner: null, transport, timers });
  expect(await answered(it, stranger.wellKnown())).toMatchObject({
    value: { relayId, registration: "invite", timeMs: timers.now() },
  });
  expect(await answered(it, stranger.fetchInvite(idOf("InviteTag", 3)))).toMatchObject({
    ok: false,
    error: { type: "Refused", status: 404, problem: "NotFound" },
  });
  const { publicKey } = signKeyPairOf(bytesOf(32, 8));
  const owner = {
    seed: bytesOf(32, 8),
    publicKey: publicKey as MailboxKey,
    mailbox: mailboxIdOf(publicKey, relayId) as MailboxId,
    relayId,
  };
  const uninvited = openRelayHttp({ url: URL_HERE, owner, transport, timers });
  expect(await answered(it, uninvited.register({}))).toMatchObject({
    error: { type: "Refused", problem: "RegistrationClosed" },
  });

  const open = openRealRelay();
  const alice = await member(open, 2);
  const tag = idOf("InviteTag", 3);
  const record = bytesOf(5_000, 3);
  const expiresAtMs = open.timers.now() + 86_400_000;
  const put = alice.http.putInvite(tag, record, expiresAtMs, idOf("TokenHash", 4));
  expect(await answered(open, put)).toEqual({ ok: true, value: undefined });
  expect(await answered(open, alice.http.fetchInvite(tag))).toEqual({
    ok: true,
    value: { record, expiresAtMs },
  });
  await answered(open, alice.http.deleteInvite(tag));
  expect(await answered(open, alice.http.fetchInvite(tag))).toMatchObject({ ok: false });

  const bundle = bytesOf(3_000, 6);
  expect(await answered(open, alice.http.putPrekeys(bundle))).toEqual({
    ok: true,
    value: undefined,
  });
  const { mailbox } = alice.owner;
  expect(await answered(open, alice.http.fetchPrekeys(mailbox, alice.token))).toEqual({
    ok: true,
    value: bundle,
  });
  const hashes = [tokenHashOf(alice.token) as TokenHash];
  expect(await answered(open, alice.http.deleteTokens(hashes))).toMatchObject({ ok: true });
  expect(await answered(open, alice.http.fetchPrekeys(mailbox, alice.token))).toMatchObject({
    error: { status: 404 },
  });
});

test("[RH4] a newcomer to a busy relay works for it, and gets in", async () => {
  const it = openRealRelay();
  for (let fill = 10; fill < 31; fill += 1) await member(it, fill);
  expect(it.relay().status().mailboxes).toBe(21);
});
