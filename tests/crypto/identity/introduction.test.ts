import { beforeAll, expect, test } from "vitest";

import { ready } from "../../../crypto/base/sodium.ts";
import { dayOf, encodeCard } from "../../../crypto/identity/card.ts";
import { certificateFactOf } from "../../../crypto/identity/facts.ts";
import { encodeIntroduction, openIntroduction } from "../../../crypto/identity/introduction.ts";
import { answersAnything, readsOnlyItsView, refusesOtherLengths } from "../decoder.ts";
import { flipped, NOW_MS, personOf, textOf, unwrap } from "../people.ts";

beforeAll(() => ready);

/** A card that says it is of the device of one person, signed by another's. */
function cardOf(seed: number, signer = seed): Uint8Array {
  const { device } = personOf(seed).self.certificate;
  const content = { device, counter: 3, relays: [], lastSeenDay: dayOf(NOW_MS), receipts: true };
  return encodeCard(content, personOf(signer).self.keys.sigSecret);
}

const contentFor = (seed: number, cards = [cardOf(seed)]) => ({
  accountKey: personOf(seed).accountKeys.publicKey,
  name: "Alice 🌻",
  facts: [certificateFactOf(personOf(seed).self.certificate.bytes)],
  cards,
});

test("[IN1] gives back the account with its live devices and their cards", () => {
  const alice = personOf(1);
  const opened = unwrap(openIntroduction(encodeIntroduction(contentFor(1))));
  expect(opened).toMatchObject({ ...contentFor(1), account: alice.account });
  expect(opened.devices.map((it) => it.certificate)).toEqual([alice.self.certificate]);
  expect(opened.devices[0]!.card.counter).toBe(3);
});

test("[IN2] refuses a card of a device that the facts do not show, or that it did not sign", () => {
  const forged = { ok: false, error: { type: "IntroductionForged" } };
  for (const content of [contentFor(1, [cardOf(2)]), contentFor(1, [cardOf(1, 2)])]) {
    expect(openIntroduction(encodeIntroduction(content))).toEqual(forged);
  }
  expect(openIntroduction(encodeIntroduction({ ...contentFor(1), facts: [] }))).toEqual(forged);
  const twice = contentFor(1, [cardOf(1), cardOf(1)]);
  expect(openIntroduction(encodeIntroduction(twice)).ok).toBe(false);
});

test("[IN3] the decoder answers anything", () => {
  const bytes = encodeIntroduction(contentFor(1));
  refusesOtherLengths(openIntroduction, bytes);
  answersAnything(openIntroduction, bytes);
  readsOnlyItsView(openIntroduction, bytes);
  const name = Buffer.from(bytes).indexOf(textOf("Alice"));
  expect(openIntroduction(flipped(bytes, name, 0x80))).toEqual({
    ok: false,
    error: { type: "IntroductionMalformed" },
  });
});
