import { beforeAll, expect, test } from "vitest";

import { ready } from "../../../crypto/base/sodium.ts";
import {
  CARD_RELAYS_MAX,
  type CardContent,
  dayOf,
  decodeCard,
  encodeCard,
  newerCard,
  verifyCard,
} from "../../../crypto/identity/card.ts";
import { answersAnything, readsOnlyItsView, refusesOtherLengths } from "../decoder.ts";
import { bytesOf, flipped, NOW_MS, personOf, unwrap } from "../people.ts";

beforeAll(() => ready);

const contentOf = (device: Uint8Array, counter = 3): CardContent => ({
  device,
  counter,
  relays: [
    {
      url: "https://relay.example",
      relayId: bytesOf(32, 1),
      mailbox: bytesOf(16, 2),
      token: bytesOf(16, 3),
    },
  ],
  lastSeenDay: dayOf(NOW_MS),
  receipts: true,
});
const cardOf = (seed: number, counter?: number): Uint8Array => {
  const { certificate, keys } = personOf(seed).self;
  return encodeCard(contentOf(certificate.device, counter), keys.sigSecret);
};

test("[CA1] says what it was told, signed by its device", () => {
  const { certificate } = personOf(1).self;
  const card = unwrap(decodeCard(cardOf(1)));
  expect(card).toEqual({ ...contentOf(certificate.device), bytes: cardOf(1) });
  expect(verifyCard(card, certificate)).toBe(true);
  expect(verifyCard(card, personOf(2).self.certificate)).toBe(false);
  const other = personOf(2).self;
  const misnamed = encodeCard(contentOf(certificate.device), other.keys.sigSecret);
  expect(verifyCard(unwrap(decodeCard(misnamed)), other.certificate)).toBe(false);
  expect(dayOf(NOW_MS)).toBe(20_370);
});

test("[CA2] no byte of it can be altered", () => {
  const { certificate } = personOf(1).self;
  for (let i = 0; i < cardOf(1).length; i++) {
    const altered = decodeCard(flipped(cardOf(1), i));
    const valid = altered.ok && verifyCard(altered.value, certificate);
    expect({ i, valid }).toEqual({ i, valid: false });
  }
});

test("[CA3] the highest counter holds, and at a tie what was held", () => {
  const [old, young, other] = [cardOf(1, 3), cardOf(1, 4), cardOf(2, 3)].map((bytes) =>
    unwrap(decodeCard(bytes)),
  );
  expect(newerCard(null, old!)).toBe(old);
  expect(newerCard(old!, young!)).toBe(young);
  expect(newerCard(young!, old!)).toBe(young);
  expect(newerCard(old!, other!)).toBe(old);
});

test("[CA4] the decoder answers anything, and believes no address it would not write", () => {
  refusesOtherLengths(decodeCard, cardOf(1));
  answersAnything(decodeCard, cardOf(1));
  readsOnlyItsView(decodeCard, cardOf(1));
  const bytes = Buffer.from(cardOf(1));
  const at = bytes.indexOf("https://");
  bytes.write("http:///", at);
  expect(decodeCard(new Uint8Array(bytes))).toEqual({
    ok: false,
    error: { type: "CardMalformed" },
  });
  expect(decodeCard(flipped(cardOf(1), 0, 3))).toMatchObject({
    error: { type: "CardVersionUnknown", version: 2 },
  });
  const { certificate, keys } = personOf(1).self;
  const content = contentOf(certificate.device);
  const relays = Array.from({ length: CARD_RELAYS_MAX + 1 }, () => content.relays[0]!);
  expect(() => encodeCard({ ...content, relays }, keys.sigSecret)).toThrow("relays");
});
