import fc from "fast-check";
import { beforeAll, expect, test, vi } from "vitest";

import { ready } from "../../../crypto/base/sodium.ts";
import { dayOf, encodeCard } from "../../../crypto/identity/card.ts";
import { certificateFactOf } from "../../../crypto/identity/facts.ts";
import type { IntroductionContent } from "../../../crypto/identity/introduction.ts";
import {
  CAPSULE_ROW_BYTES_MAX,
  type CapsuleContent,
  decodeCapsule,
  encodeCapsule,
} from "../../../crypto/recovery/capsule-content.ts";
import { CAPSULE_BYTES_MAX } from "../../../crypto/recovery/capsule.ts";
import { answersAnything, readsOnlyItsView, refusesOtherLengths } from "../decoder.ts";
import { bytesOf, flipped, NOW_MS, type Person, personOf, unwrap } from "../people.ts";

beforeAll(() => ready);

/** Hundreds of signatures, on a machine that may be busy. */
vi.setConfig({ testTimeout: 60_000 });

const relay = {
  url: "https://relay.example",
  relayId: bytesOf(32, 1),
  mailbox: bytesOf(16, 2),
  token: bytesOf(16, 3),
};

function introductionOf({ accountKeys, self }: Person, name: string): IntroductionContent {
  const { certificate, keys } = self;
  const card = { device: certificate.device, counter: 1, relays: [relay], receipts: true };
  return {
    accountKey: accountKeys.publicKey,
    name,
    facts: [certificateFactOf(certificate.bytes)],
    cards: [encodeCard({ ...card, lastSeenDay: dayOf(NOW_MS) }, keys.sigSecret)],
  };
}

const alice = (): Person => personOf(1);
const contentOf = (contacts = 2): CapsuleContent => ({
  author: alice().self.certificate.device,
  counter: 9,
  writtenAtMs: NOW_MS,
  self: introductionOf(alice(), "Alice"),
  relays: [{ url: relay.url, relayId: relay.relayId }],
  contacts: Array.from({ length: contacts }, (_, i) => ({
    introduction: introductionOf(personOf(10 + (i % 3)), `Friend ${i}`),
    row: bytesOf(i % 5, 0xaa),
  })),
  channels: [
    { channel: bytesOf(16, 5), row: bytesOf(3, 6) },
    { channel: bytesOf(16, 6), row: new Uint8Array(0) },
  ],
  row: bytesOf(20, 7),
});
const encoded = (content: CapsuleContent, by = alice()): Uint8Array =>
  unwrap(encodeCapsule(content, by.self.keys.sigSecret)).bytes;
const decode = (bytes: Uint8Array) => decodeCapsule(alice().account, bytes);

test("[CP5] facts, contacts, channels, cards and relays come back, the same bytes every time", () => {
  const content = contentOf();
  const bytes = encoded(content);
  const got = unwrap(decode(bytes));
  expect(got).toMatchObject({ ...content, contactsUnreadable: 0 });
  expect(got.self.devices[0]!.card.relays).toEqual([relay]);
  expect(got.contacts[0]!.introduction.account).toEqual(personOf(10).account);
  expect(encoded(content)).toEqual(bytes);
});

test("[CP6] is believed of a live device of this account alone", () => {
  const forged = { ok: false, error: { type: "CapsuleForged" } };
  const bytes = encoded(contentOf());
  expect(decodeCapsule(personOf(2).account, bytes)).toEqual(forged);
  expect(decode(encoded(contentOf(), personOf(2)))).toEqual(forged);
  const { certificate } = personOf(2).self;
  expect(decode(encoded({ ...contentOf(), author: certificate.device }, personOf(2)))).toEqual(
    forged,
  );
  const foreign = { ...contentOf(), self: introductionOf(personOf(2), "Alice") };
  expect(decode(encoded(foreign))).toEqual(forged);
  for (let i = 0; i < bytes.length; i += 17) {
    expect({ i, ok: decode(flipped(bytes, i)).ok }).toEqual({ i, ok: false });
  }
});

test("[CP6] a contact that does not verify is left out and counted", () => {
  const content = contentOf();
  const [first, second] = content.contacts;
  const mixed = { ...first!.introduction, cards: second!.introduction.cards };
  const contacts = [{ introduction: mixed, row: new Uint8Array(0) }, second!];
  const got = unwrap(decode(encoded({ ...content, contacts })));
  expect(got.contactsUnreadable).toBe(1);
  expect(got.contacts.map((it) => it.introduction.name)).toEqual(["Friend 1"]);
});

test("[CP7] what does not fit keeps key, name and row, towards the end of the list", () => {
  const three = contentOf(3).contacts;
  const contacts = Array.from({ length: 600 }, (_, i) => three[i % 3]!);
  const result = unwrap(encodeCapsule({ ...contentOf(), contacts }, alice().self.keys.sigSecret));
  expect(result.bytes.length).toBeLessThanOrEqual(CAPSULE_BYTES_MAX);
  expect(result.shortened).toBeGreaterThan(0);
  const got = unwrap(decode(result.bytes));
  expect(got.contacts).toHaveLength(600);
  const cards = got.contacts.map((it) => it.introduction.cards.length);
  expect(cards).toEqual(cards.toSorted((a, b) => b - a));
  expect(cards.filter((it) => it === 0)).toHaveLength(result.shortened);
  expect(got.contacts.at(-1)).toMatchObject({ introduction: { name: "Friend 2" } });

  const row = bytesOf(CAPSULE_ROW_BYTES_MAX, 1);
  const long = contacts.map((it) => ({ ...it, row }));
  expect(
    encodeCapsule({ ...contentOf(), contacts: long }, alice().self.keys.sigSecret),
  ).toMatchObject({ error: { type: "CapsuleTooLong", limit: CAPSULE_BYTES_MAX } });
});

test("[CP8] every foreign form of it gets its answer", () => {
  const bytes = encoded({ ...contentOf(1), contacts: [] });
  refusesOtherLengths(decode, bytes);
  readsOnlyItsView(decode, bytes);
  answersAnything(decode, bytes);
  expect(decode(Uint8Array.from([2, ...bytes.subarray(1)]))).toEqual({
    ok: false,
    error: { type: "CapsuleContentVersionUnknown", version: 2 },
  });
  expect(decode(bytes.subarray(0, 40))).toEqual({ ok: false, error: { type: "CapsuleMalformed" } });
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (tail) => {
      expect(decode(Uint8Array.from([...bytes.subarray(0, 40), ...tail])).ok).toBe(false);
    }),
  );
});
