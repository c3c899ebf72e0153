import { beforeAll, expect, test } from "vitest";

import { ready } from "../../../crypto/base/sodium.ts";
import { decodeCard, verifyCard } from "../../../crypto/identity/card.ts";
import { decodeCertificate } from "../../../crypto/identity/certificate.ts";
import { atRelay, newMailbox } from "../../../sync/account/mailboxes.ts";
import { openChannel } from "../../../sync/channel/channels.ts";
import { addresseesOf } from "../../../sync/channel/members.ts";
import {
  CONTACT_TOKEN_LIFE_MS,
  makeToken,
  ownCard,
  reachableDevices,
  revokeToken,
  TOKEN_REVOKED,
  tokenFor,
} from "../../../sync/contact/contacts.ts";
import { putCard } from "../../../sync/contact/devices.ts";
import type { ContactRow, ContactState } from "../../../sync/store/rows.ts";
import { introduce, NOW_MS, RELAY_URL, type Someone, someone } from "../acquainted.ts";

beforeAll(() => ready);

async function pair(state: ContactState = "accepted"): Promise<{ alice: Someone; bob: Someone }> {
  const [alice, bob] = [await someone("alice"), await someone("bob")];
  await introduce(alice, bob, state);
  return { alice, bob };
}

async function contactOf(alice: Someone, bob: Someone): Promise<ContactRow> {
  const { account } = bob.self;
  const contact = await alice.store.read(["contacts"], (tx) => tx.get("contacts", account));
  if (contact === undefined) throw new Error("a contact");
  return contact;
}

test.each([
  ["accepted", 1],
  ["invited", 1],
  ["request", 0],
  ["blocked", 0],
] as const)("[OB12] devices of somebody who is %s: %i are written to", async (state, count) => {
  const { alice, bob } = await pair(state);
  const devices = await alice.change((tx) => reachableDevices(tx, bob.self.account));
  expect(devices).toHaveLength(count);
  expect(await alice.change((tx) => reachableDevices(tx, alice.self.account))).toEqual([]);
});

test("[OB12] a device that the account's facts do not certify is not written to", async () => {
  const { alice, bob } = await pair();
  const contact = await contactOf(alice, bob);
  await alice.change((tx) => tx.put("contacts", { ...contact, live: [] }));
  expect(await alice.change((tx) => reachableDevices(tx, bob.self.account))).toEqual([]);
});

test("[OB12] what is written waits for devices that cannot be reached yet, when there are no others", async () => {
  const { alice, bob } = await pair();
  const { account, device } = bob.self;
  await alice.change(async (tx) => {
    const row = await tx.get("devices", device);
    if (row !== undefined) await tx.put("devices", { ...row, card: null });
  });
  expect(await alice.change((tx) => reachableDevices(tx, account))).toEqual([]);
  const addressees = await alice.change(async (tx) =>
    addresseesOf(tx, alice.self, await openChannel(tx, alice.self, account)),
  );
  expect(addressees.map((it) => it.device)).toEqual([device]);
});

test("[UP4] a contact's token is theirs alone, made when it is missing and told to the relay", async () => {
  const { alice, bob } = await pair();
  const contact = await contactOf(alice, bob);
  const held = await alice.change((tx) => tokenFor(tx, alice.context, contact));
  expect(held.label).toBe(contact.token);
  expect(alice.called).toEqual([]);
  // A token of an invite, or of somebody else, is not theirs.
  const shared = await alice.change((tx) =>
    makeToken(tx, alice.random, {
      class: "invite",
      account: bob.self.account,
      invite: "00",
      expiresAtMs: NOW_MS + CONTACT_TOKEN_LIFE_MS,
    }),
  );
  const stranger = { ...contact, token: shared.label };
  const made = await alice.change((tx) => tokenFor(tx, alice.context, stranger));
  expect(made).toMatchObject({ class: "contact", account: bob.self.account, registeredAt: [] });
  expect(made.label).not.toBe(shared.label);
  expect((await contactOf(alice, bob)).token).toBe(made.label);
  await alice.change((tx) => ownCard(tx, alice.context, { ...made, registeredAt: [RELAY_URL] }));
  expect(alice.called).toEqual([]);
  await alice.change((tx) => ownCard(tx, alice.context, made));
  expect(alice.called).toEqual(["upkeep"]);
});

test("[UP5] a revoked token is marked until the relay knows, and never used again", async () => {
  const { alice, bob } = await pair();
  const contact = await contactOf(alice, bob);
  await alice.change((tx) => revokeToken(tx, contact.token));
  const row = await alice.store.read(["tokens"], (tx) => tx.get("tokens", contact.token));
  expect(row?.expiresAtMs).toBe(TOKEN_REVOKED);
  const fresh = await alice.change((tx) => tokenFor(tx, alice.context, contact));
  expect(fresh.label).not.toBe(contact.token);
});

test("[UP2] our card names our mailbox also while the relay is told anew, and each has a new number", async () => {
  const { alice, bob } = await pair();
  const contact = await contactOf(alice, bob);
  const token = await alice.change((tx) => tokenFor(tx, alice.context, contact));
  const mailbox = atRelay(newMailbox(RELAY_URL, alice.random), new Uint8Array(32).fill(1));
  expect(mailbox.registered).toBe(false);
  const [first, second] = await alice.change(async (tx) => {
    await tx.put("mailboxes", mailbox);
    await tx.put("mailboxes", newMailbox("https://not-reached-yet.example", alice.random));
    const card = (): Promise<Uint8Array> => ownCard(tx, alice.context, token);
    return [await card(), await card()];
  });
  const cards = [first, second].map((it) => decodeCard(it ?? new Uint8Array(0)));
  expect(cards.map((it) => it.ok && it.value.counter)).toEqual([1, 2]);
  expect(cards.map((it) => it.ok && it.value.relays.map((relay) => relay.url))).toEqual([
    [RELAY_URL],
    [RELAY_URL],
  ]);
  const certificate = decodeCertificate(alice.self.certificate);
  const isOurs = cards.every(
    (it) => it.ok && certificate.ok && verifyCard(it.value, certificate.value),
  );
  expect(isOurs).toBe(true);
});

test("[CO9] of a device's cards the one with the highest number holds", async () => {
  const { alice, bob } = await pair();
  const device = async (): Promise<number | undefined> =>
    (await alice.store.read(["devices"], (tx) => tx.get("devices", bob.self.device)))?.cardCounter;
  const put = (counter: number): Promise<boolean> =>
    alice.change(async (tx) => {
      const row = await tx.get("devices", bob.self.device);
      const held = decodeCard(row?.card ?? new Uint8Array(0));
      return held.ok && putCard(tx, { ...held.value, counter }, NOW_MS);
    });
  expect(await put(1)).toBe(false);
  expect(await put(5)).toBe(true);
  expect(await put(3)).toBe(false);
  expect(await device()).toBe(5);
});
