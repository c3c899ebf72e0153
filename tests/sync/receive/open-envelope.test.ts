import { beforeAll, expect, test } from "vitest";

import { toHex } from "../../../crypto/base/hex.ts";
import { ready } from "../../../crypto/base/sodium.ts";
import { envelopeOf } from "../../../crypto/envelope.ts";
import { initiate } from "../../../crypto/handshake/handshake.ts";
import { decodePrekeyBundle, makePrekeys } from "../../../crypto/handshake/prekeys.ts";
import { dayOf, encodeCard } from "../../../crypto/identity/card.ts";
import { invitePskOf } from "../../../crypto/invite/record.ts";
import { envelopeIdOf } from "../../../crypto/public/relay-ids.ts";
import { encryptSession } from "../../../crypto/ratchet/send.ts";
import type { Session } from "../../../crypto/ratchet/session.ts";
import { firstFactsOf } from "../../../sync/account/begin.ts";
import { partyOf } from "../../../sync/account/self.ts";
import { bytesOf } from "../../../sync/channel/channels.ts";
import { LIVE_INVITES_MAX, makeInvite } from "../../../sync/contact/invites.ts";
import { encodePayload, encodeSession } from "../../../sync/payload/payload.ts";
import { HELD_LABEL_MAX } from "../../../sync/receive/held.ts";
import { takeArrival } from "../../../sync/receive/open-envelope.ts";
import type { ContactState, InviteRow } from "../../../sync/store/rows.ts";
import { NOW_MS, RELAY_URL, type Someone, someone } from "../acquainted.ts";

beforeAll(() => ready);

const NO_LABEL = "00000000";

/** Alice, whose prekeys lie at her relay, with an invite that nobody used. */
async function inviting(): Promise<Someone & { bundle: Uint8Array; invite: InviteRow }> {
  const alice = await someone("alice");
  const { secrets, bundle } = makePrekeys(partyOf(alice.self), 1, NOW_MS, alice.random);
  const invite = await alice.change(async (tx) => {
    await tx.put("prekeys", { id: toHex(secrets.id), secrets, createdAtMs: NOW_MS });
    const at = { homeUrl: RELAY_URL, appUrl: `${RELAY_URL}/` };
    return makeInvite(tx, alice.self, at, NOW_MS, alice.random);
  });
  return { ...alice, bundle, invite };
}

const pskOf = (alice: Someone, invite: InviteRow): Uint8Array =>
  invitePskOf(invite.secret, bytesOf(alice.self.account));

/** A session that `who` begins under Alice's prekeys; `psk`: of an invite. */
function begin(alice: { bundle: Uint8Array }, who: Someone, psk: Uint8Array | null): Session {
  const bundle = decodePrekeyBundle(alice.bundle);
  const begun = bundle.ok
    ? initiate(partyOf(who.self), bundle.value, psk, NOW_MS, who.random)
    : bundle;
  if (!begun.ok) throw new Error("no session");
  return begun.value;
}

const contactOf = ({ self, random }: Someone): Uint8Array => {
  const card = { device: bytesOf(self.device), counter: 1, relays: [], receipts: true };
  return encodePayload("contact", {
    accountKey: self.accountKey,
    name: self.name,
    facts: firstFactsOf(self),
    cards: [encodeCard({ ...card, lastSeenDay: dayOf(NOW_MS) }, self.keys.sigSecret)],
    presenceKey: random(32),
  });
};

/** The body of one envelope that carries `payload`, and the session after it. */
function sealed(
  who: Someone,
  session: Session,
  payload: Uint8Array,
): { readonly body: Uint8Array; readonly session: Session } {
  const { random } = who;
  const next = encryptSession(session, encodeSession([payload]), { random, nowMs: NOW_MS });
  return { body: envelopeOf(next.message), session: next.session };
}

const deliver = (alice: Someone, body: Uint8Array, label: string): Promise<void> => {
  const arrival = { env: envelopeIdOf(body), label: bytesOf(label), isEphemeral: false, body };
  return alice.change((tx) => takeArrival(tx, alice.context, arrival));
};

const stateOf = (alice: Someone, who: Someone): Promise<ContactState | undefined> =>
  alice.change(async (tx) => (await tx.get("contacts", who.self.account))?.state);

test("[CO1] an invite is redeemed by its secret, whatever label the relay writes on later messages", async () => {
  const alice = await inviting();
  const bob = await someone("bob");
  const session = begin(alice, bob, pskOf(alice, alice.invite));
  await deliver(alice, sealed(bob, session, contactOf(bob)).body, alice.invite.token);
  expect(await stateOf(alice, bob)).toBe("accepted");
  const redeemed = await alice.change((tx) => tx.get("invites", alice.invite.tag));
  expect(redeemed?.redeemedBy).toBe(bob.self.account);
});

test("[CO10] a label redeems no invite: who proved another one stays a request", async () => {
  const alice = await inviting();
  const { self, random } = alice;
  const at = { homeUrl: RELAY_URL, appUrl: `${RELAY_URL}/` };
  const other = await alice.change((tx) => makeInvite(tx, self, at, NOW_MS, random));
  await alice.change((tx) => tx.put("invites", { ...other, redeemedBy: "ab".repeat(32) }));
  const mallory = await someone("mallory");
  const first = sealed(mallory, begin(alice, mallory, pskOf(alice, other)), contactOf(mallory));
  await deliver(alice, first.body, other.token);
  expect(await stateOf(alice, mallory)).toBe("request");
  const second = sealed(mallory, first.session, contactOf(mallory));
  await deliver(alice, second.body, alice.invite.token);
  expect(await stateOf(alice, mallory)).toBe("request");
  const untouched = await alice.change((tx) => tx.get("invites", alice.invite.tag));
  expect(untouched?.redeemedBy).toBe(null);
});

test("[CO15] an invite is redeemed by its secret under the token of another card, unless it is withdrawn", async () => {
  const alice = await inviting();
  const bob = await someone("bob");
  const { self, random } = alice;
  const at = { homeUrl: RELAY_URL, appUrl: `${RELAY_URL}/` };
  const other = await alice.change((tx) => makeInvite(tx, self, at, NOW_MS, random));
  await alice.change((tx) => tx.put("invites", { ...other, isWithdrawn: true }));
  const vain = sealed(bob, begin(alice, bob, pskOf(alice, other)), contactOf(bob));
  await deliver(alice, vain.body, alice.invite.token);
  expect(await stateOf(alice, bob)).toBeUndefined();
  await alice.change((tx) => tx.put("invites", other));
  for (const label of [alice.invite.token, NO_LABEL]) {
    const who = await someone(`a friend under ${label}`);
    const invite = await alice.change((tx) => makeInvite(tx, self, at, NOW_MS, random));
    const first = sealed(who, begin(alice, who, pskOf(alice, invite)), contactOf(who));
    await deliver(alice, first.body, label);
    expect(await stateOf(alice, who)).toBe("accepted");
    const redeemed = await alice.change((tx) => tx.get("invites", invite.tag));
    expect(redeemed?.redeemedBy).toBe(who.self.account);
  }
  const untouched = await alice.change((tx) => tx.get("invites", alice.invite.tag));
  expect(untouched?.redeemedBy).toBe(null);
});

test("[CO15] an invite is redeemed so, however many were made since", async () => {
  const alice = await inviting();
  const bob = await someone("bob");
  const at = { homeUrl: RELAY_URL, appUrl: `${RELAY_URL}/` };
  for (let n = 1; n < LIVE_INVITES_MAX; n += 1) {
    await alice.change((tx) => makeInvite(tx, alice.self, at, NOW_MS + n, alice.random));
  }
  const first = sealed(bob, begin(alice, bob, pskOf(alice, alice.invite)), contactOf(bob));
  await deliver(alice, first.body, NO_LABEL);
  expect(await stateOf(alice, bob)).toBe("accepted");
});

test("[CO10] what an unknown account writes under no invite is dropped, and begins no session", async () => {
  const alice = await inviting();
  const mallory = await someone("mallory");
  const first = sealed(mallory, begin(alice, mallory, null), contactOf(mallory));
  await deliver(alice, first.body, NO_LABEL);
  const second = sealed(mallory, first.session, contactOf(mallory));
  await deliver(alice, second.body, alice.invite.token);
  expect(await stateOf(alice, mallory)).toBeUndefined();
  expect(await alice.change((tx) => tx.count("sessions", "primary", {}))).toBe(0);
  expect(alice.called).toContain("dropped stranger");
});

/** The same envelope but for the last byte, which is of the sealed payload. */
const altered = (body: Uint8Array): Uint8Array =>
  body.map((byte, i) => (i === body.length - 1 ? byte ^ 1 : byte));

const resets = (alice: Someone): number =>
  alice.called.filter((it) => it === "sessionReset").length;

test("[SS6] a payload that the relay altered behind a head that was opened resets nothing", async () => {
  const alice = await inviting();
  const bob = await someone("bob");
  const first = sealed(bob, begin(alice, bob, pskOf(alice, alice.invite)), contactOf(bob));
  const second = sealed(bob, first.session, contactOf(bob));
  for (const { body } of [first, second]) await deliver(alice, body, alice.invite.token);
  for (const { body } of [first, second]) {
    await deliver(alice, altered(body), alice.invite.token);
  }
  expect(alice.called.filter((it) => it === "dropped session AlreadyOpened")).toHaveLength(2);
  expect(resets(alice)).toBe(0);
  // Bob's storage was rolled back: another message under a number that was used.
  const again = sealed(bob, first.session, contactOf(bob));
  await deliver(alice, again.body, alice.invite.token);
  expect(resets(alice)).toBe(1);
  // A day later the relay tries what it has.
  const device = await alice.change((tx) => tx.get("devices", bob.self.device));
  if (device === undefined) throw new Error("a device");
  await alice.change((tx) => tx.put("devices", { ...device, resetAtMs: 0 }));
  await deliver(alice, altered(again.body), alice.invite.token);
  expect(resets(alice)).toBe(1);
});

test("[SS4] a first message that a relay brings again and again is answered once in a second", async () => {
  const alice = await inviting();
  const bob = await someone("bob");
  const first = sealed(bob, begin(alice, bob, pskOf(alice, alice.invite)), contactOf(bob));
  await deliver(alice, first.body, alice.invite.token);
  const sent = (): Promise<number> => alice.change((tx) => tx.count("outbox", "primary", {}));
  const before = await sent();
  for (let n = 0; n < 3; n += 1) await deliver(alice, first.body, alice.invite.token);
  expect(await sent()).toBe(before + 1);
});

test("[RX17] what overtakes an introduction is held, and taken behind it", async () => {
  const alice = await inviting();
  const bob = await someone("bob");
  const first = sealed(bob, begin(alice, bob, pskOf(alice, alice.invite)), contactOf(bob));
  const second = sealed(bob, first.session, encodePayload("profile", { name: "Robert" }));
  const third = sealed(bob, second.session, encodePayload("profile", { name: "Bobby" }));
  const label = alice.invite.token;
  const held = (): Promise<number> => alice.change((tx) => tx.count("held", "primary", {}));
  for (const { body } of [second, third]) await deliver(alice, body, label);
  expect([await stateOf(alice, bob), await held()]).toEqual([undefined, 2]);
  expect(await alice.change((tx) => tx.count("sessions", "primary", {}))).toBe(0);
  await deliver(alice, first.body, label);
  expect([await stateOf(alice, bob), await held()]).toEqual(["accepted", 0]);
  const contact = await alice.change((tx) => tx.get("contacts", bob.self.account));
  expect(["Robert", "Bobby"]).toContain(contact?.name);
  expect(alice.called.filter((it) => it.startsWith("dropped"))).toEqual([]);
});

test("[RX17] under one token a bounded number waits for introductions, and others' stay held", async () => {
  const alice = await inviting();
  const [bob, carol] = [await someone("bob"), await someone("carol")];
  const label = alice.invite.token;
  const psk = pskOf(alice, alice.invite);
  const name = encodePayload("profile", { name: "early" });
  const early = sealed(carol, begin(alice, carol, psk), name);
  await deliver(alice, early.body, label);
  const first = sealed(bob, begin(alice, bob, psk), contactOf(bob));
  await deliver(alice, first.body, label);
  // Carol's was tried, and waits for her introduction.
  expect(await alice.change((tx) => tx.count("held", "primary", {}))).toBe(1);
  for (let n = 0; n < HELD_LABEL_MAX + 2; n += 1) {
    const other = await someone(`other ${n}`);
    await deliver(alice, sealed(other, begin(alice, other, psk), name).body, label);
  }
  expect(await alice.change((tx) => tx.count("held", "primary", {}))).toBe(HELD_LABEL_MAX);
});
