import { beforeAll, expect, test } from "vitest";

import { ready } from "../../../crypto/base/sodium.ts";
import { introductionOf, ownCard, ownContact } from "../../../sync/contact/contacts.ts";
import { meet } from "../../../sync/contact/meet.ts";
import { type Contact, decodeContact, encodeContact } from "../../../sync/payload/contact.ts";
import type { OutboxRow } from "../../../sync/store/rows.ts";
import { sibling, type Someone, someone } from "../acquainted.ts";

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
