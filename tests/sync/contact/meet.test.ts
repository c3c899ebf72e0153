import { beforeAll, expect, test } from "vitest";

import { ready } from "../../../crypto/base/sodium.ts";
import { encodeCard } from "../../../crypto/identity/card.ts";
import { applyAccountEntry, noteContact } from "../../../sync/account/address-book.ts";
import { bytesOf, openAccountChannel } from "../../../sync/channel/channels.ts";
import { introductionOf, ownCard, ownContact } from "../../../sync/contact/contacts.ts";
import { meet } from "../../../sync/contact/meet.ts";
import { KINDS } from "../../../sync/entry/kinds.ts";
import { type Contact, decodeContact, encodeContact } from "../../../sync/payload/contact.ts";
import type { OutboxRow } from "../../../sync/store/rows.ts";
import { introduce, sibling, type Someone, someone } from "../acquainted.ts";

beforeAll(() => ready);

/** The introduction of a device, with its card. */
async function contactOf(of: Someone): Promise<Contact> {
  const bytes = await of.change(async (tx) => {
    const card = await ownCard(tx, of.context, null);
    const introduction = await introductionOf(tx, of.self, [card]);
    return encodeContact({ ...introduction, presenceKey: new Uint8Array(32) });
  });
  const contact = decodeContact(bytes);
  if (!contact.ok) throw new Error(contact.error.type);
  return contact.value;
}

const controls = async (of: Someone): Promise<readonly OutboxRow[]> => {
  const rows = await of.store.read(["outbox"], (tx) => tx.range("outbox", "primary", {}));
  return rows.filter((it) => it.what === "control");
};

test("[MM4] a device of ours that introduces itself is told where this one is reached", async () => {
  const phone = await someone("alice");
  const laptop = await sibling(phone, "laptop");
  const { device, account } = laptop.self;
  const them = await contactOf(laptop);
  const from = { device, account, invite: undefined };
  await phone.change((tx) => meet(tx, phone.context, from, "contact", them));
  expect((await controls(phone)).map((it) => it.targets[0]?.device)).toEqual([device]);
  const row = await phone.change((tx) => tx.get("devices", device));
  expect(row?.cardCounter).toBeGreaterThan(0);
  const own = await phone.change((tx) => ownContact(tx, phone.self));
  expect([own.state, own.live.length]).toEqual(["self", 2]);
  // The answer is not answered.
  await phone.change((tx) => meet(tx, phone.context, from, "contactAccept", them));
  expect(await controls(phone)).toHaveLength(1);
  expect(phone.called).not.toContain("contacts");
});

test("[HE11] who introduces themselves anew, or is noted by another device of ours, is still asked for facts", async () => {
  const phone = await someone("alice");
  const laptop = await sibling(phone, "laptop");
  const bob = await someone("bob");
  await introduce(phone, bob);
  await introduce(laptop, bob);
  const { account, device } = bob.self;
  const pending = {
    factsTold: [{ head: "ab".repeat(16), by: device }],
    factsFormer: ["cd".repeat(16)],
    groupsDeclined: ["ef".repeat(16)],
  };
  await phone.change(async (tx) => {
    const held = await tx.get("contacts", account);
    await tx.put("contacts", { ...held!, ...pending });
  });
  const heldBy = (it: Someone): Promise<unknown> => it.change((tx) => tx.get("contacts", account));

  const them = { ...(await contactOf(bob)), name: "Bob" };
  const from = { device, account, invite: undefined };
  await phone.change((tx) => meet(tx, phone.context, from, "contact", them));
  expect(await heldBy(phone)).toMatchObject({ ...pending, name: "Bob" });

  const note = await laptop.change(async (tx) => {
    await noteContact(tx, laptop.context, account);
    const { c } = await openAccountChannel(tx, laptop.self);
    const rows = await tx.range("entries", "primary", { lower: [c], upper: [c, Infinity] });
    return rows.at(-1)!;
  });
  await phone.change(async (tx) => {
    const channel = await openAccountChannel(tx, phone.self);
    const entry = { ...note, c: channel.c, h: note.h + 1_000_000 };
    await applyAccountEntry(tx, phone.context, { entry, channel });
  });
  expect(await heldBy(phone)).toMatchObject({ ...pending, name: "bob" });
});

test("[AB6] a contact who introduces themselves without end has us note it when there is news", async () => {
  const alice = await someone("alice");
  const bob = await someone("bob");
  await introduce(alice, bob);
  const { account, device, keys } = bob.self;
  await alice.change(async (tx) => {
    const row = await tx.get("devices", device);
    await tx.put("devices", { ...row!, card: null, cardCounter: 0 });
  });
  const from = { device, account, invite: undefined };
  const notes = async (): Promise<number> =>
    alice.change(async (tx) => {
      const { c } = await openAccountChannel(tx, alice.self);
      const rows = await tx.range("entries", "primary", { lower: [c], upper: [c, Infinity] });
      return rows.filter((it) => it.kind === KINDS.contact.number).length;
    });
  const meets = async (counter: number): Promise<void> => {
    const content = { device: bytesOf(device), relays: [], lastSeenDay: 1, receipts: true };
    const card = encodeCard({ ...content, counter }, keys.sigSecret);
    const introduction = await bob.change((tx) => introductionOf(tx, bob.self, [card]));
    const them = decodeContact(encodeContact({ ...introduction, presenceKey: new Uint8Array(32) }));
    if (!them.ok) throw new Error(them.error.type);
    await alice.change((tx) => meet(tx, alice.context, from, "contact", them.value));
  };
  // A card of number 0 is never newer than none.
  for (let n = 0; n < 5; n += 1) await meets(0);
  expect(await notes()).toBe(0);
  for (let n = 0; n < 5; n += 1) await meets(1 + n);
  expect(await notes()).toBe(1);
});
