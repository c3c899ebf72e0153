import { beforeAll, describe, expect, test } from "vitest";

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
import { certificateFactOf } from "../../../crypto/identity/facts.ts";
import { encodeIntroduction, openIntroduction } from "../../../crypto/identity/introduction.ts";
import { isRelayUrl, parseRelayUrl } from "../../../crypto/identity/relay-url.ts";
import { answersAnything, readsOnlyItsView, refusesOtherLengths } from "../decoder.ts";
import { bytesOf, flipped, NOW_MS, personOf, textOf, unwrap } from "../people.ts";

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

describe("card", () => {
  test("[CA1] says what it was told, signed by its device", () => {
    const { certificate } = personOf(1).self;
    const card = unwrap(decodeCard(cardOf(1)));
    expect(card).toEqual({ ...contentOf(certificate.device), bytes: cardOf(1) });
    expect(verifyCard(card, certificate)).toBe(true);
    expect(verifyCard(card, personOf(2).self.certificate)).toBe(false);
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
});

describe("a relay's address", () => {
  test.each([
    ["https://relay.example", "https://relay.example"],
    ["https://Relay.Example:443/", "https://relay.example"],
    ["https://relay.example:8443", "https://relay.example:8443"],
    ["http://localhost:8787", "http://localhost:8787"],
    ["http://127.0.0.1:8787/", "http://127.0.0.1:8787"],
    ["http://[::1]:1", "http://[::1]:1"],
    ["https://8.8.8.8", "https://8.8.8.8"],
    ["https://10.example", "https://10.example"],
    ["https://[2001:db8::1]", "https://[2001:db8::1]"],
  ])("[RU1] %s is %s", (text, origin) => {
    expect(parseRelayUrl(text)).toEqual({ ok: true, value: origin });
    expect(isRelayUrl(origin)).toBe(true);
  });

  test.each([
    "",
    "relay.example",
    "http://relay.example",
    "ws://localhost",
    "javascript:alert(1)",
    "https://user@relay.example",
    "https://user:secret@relay.example",
    "https://relay.example/path",
    "https://relay.example/?q",
    "https://relay.example/#f",
    `https://${"a".repeat(260)}.example`,
  ])("[RU2] refuses %s", (text) => {
    expect(parseRelayUrl(text)).toEqual({ ok: false, error: { type: "RelayUrlInvalid" } });
  });

  test.each([
    "https://10.0.0.1",
    "https://100.64.0.1",
    "https://169.254.169.254",
    "https://172.31.255.1",
    "https://192.168.1.1",
    "https://0x0a.1",
    "https://167772161",
    "https://0.0.0.0",
    "https://224.0.0.1",
    "https://255.255.255.255",
    "https://127.0.0.2",
    "https://[fe80::1]",
    "https://[fd00::1]",
    "https://[::ffff:10.0.0.1]",
    "https://[::]",
  ])("[RU3] refuses %s, inside somebody's network", (text) => {
    expect(parseRelayUrl(text).ok).toBe(false);
  });

  test("[RU4] knows its own form only", () => {
    expect(isRelayUrl("https://relay.example/")).toBe(false);
    expect(isRelayUrl("https://RELAY.example")).toBe(false);
  });
});

describe("introduction", () => {
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
    const { certificate } = personOf(1).self;
    const foreign = encodeCard(contentOf(certificate.device), personOf(2).self.keys.sigSecret);
    for (const content of [contentFor(1, [cardOf(2)]), contentFor(1, [foreign])]) {
      expect(openIntroduction(encodeIntroduction(content))).toEqual(forged);
    }
    expect(openIntroduction(encodeIntroduction({ ...contentFor(1), facts: [] }))).toEqual(forged);
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
});
