import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";

import { ready } from "../../../crypto/base/sodium.ts";
import { encodeIntroduction } from "../../../crypto/identity/introduction.ts";
import { encodeCbor } from "../../../sync/cbor.ts";
import {
  type Contact,
  type ContactContent,
  decodeContact,
  encodeContact,
} from "../../../sync/payload/contact.ts";
import { SESSION_BYTES_MAX } from "../../../sync/payload/limits.ts";
import { bytesOf } from "../../crypto/people.ts";
import { decoderContract } from "../decoder.contract.ts";
import { introduced, type Introduced } from "./introduced.ts";

beforeAll(() => ready);

/** The same few people at every run: each costs six signatures. */
const people = new Map<number, Introduced>();
const personNumber = (seed: number): Introduced => {
  const person = people.get(seed) ?? introduced(seed);
  people.set(seed, person);
  return person;
};

decoderContract<ContactContent, Contact>("contact", {
  values: fc
    .tuple(fc.integer({ min: 1, max: 4 }), fc.constantFrom("Ada", "Zoë", "می‌خواهم"))
    .map(([seed, name]) => ({ ...personNumber(seed).contact, name })),
  encode: encodeContact,
  decode: decodeContact,
  expected: (contact) => ({
    ...contact,
    account: expect.any(Uint8Array),
    weighed: { facts: contact.facts, live: [expect.anything()] },
    devices: [expect.objectContaining({ certificate: expect.anything(), card: expect.anything() })],
  }),
});

const errorOf = (bytes: Uint8Array): unknown => {
  const decoded = decodeContact(bytes);
  return decoded.ok ? "decoded" : decoded.error;
};

test("[PL3] a contact arrives with the devices that its facts and cards prove", () => {
  const { person, contact } = personNumber(1);
  const decoded = decodeContact(encodeContact(contact));
  if (!decoded.ok) throw new Error(decoded.error.type);
  expect(decoded.value.account).toEqual(person.account);
  const [device] = decoded.value.devices;
  expect(device?.certificate.device).toEqual(person.self.certificate.device);
  expect(device?.card.relays[0]?.url).toBe("https://relay.example");
});

test("[PL3] the name is made harmless on arrival, and one that shows nothing is refused", () => {
  const { contact } = personNumber(1);
  const decoded = decodeContact(encodeContact({ ...contact, name: "  \u202EAda\n" }));
  expect(decoded.ok && decoded.value.name).toBe("Ada");
  expect(errorOf(encodeContact({ ...contact, name: "\u200B" }))).toEqual({ type: "NameEmpty" });
});

test("[PL3] a card of somebody else's device is refused", () => {
  const forged = { ...personNumber(1).contact, cards: personNumber(2).contact.cards };
  expect(errorOf(encodeContact(forged))).toEqual({ type: "IntroductionForged" });
});

test("[PL3] refuses what is no introduction, and a presence key of another length", () => {
  const introduction = encodeIntroduction(personNumber(1).contact);
  expect(errorOf(encodeCbor([introduction.subarray(1), bytesOf(32, 4)]))).toEqual({
    type: "IntroductionMalformed",
  });
  expect(errorOf(encodeCbor([introduction, bytesOf(31, 4)]))).toEqual({
    type: "ShapeWrong",
    at: "presenceKey",
  });
  expect(errorOf(new Uint8Array(SESSION_BYTES_MAX + 1))).toMatchObject({ type: "TooLarge" });
});
