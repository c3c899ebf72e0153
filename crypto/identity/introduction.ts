/**
 * How an account introduces itself: its key, its facts, a card for each device, a name. It lies in
 * an invite's record and opens the first flight of whoever answers it.
 *
 * | bytes | field      | rule                                                        |
 * | ----: | ---------- | ----------------------------------------------------------- |
 * |    32 | accountKey | AK                                                          |
 * |   2+n | name       | u16 length, then UTF-8, at most 256 bytes                   |
 * |     2 | count      | facts, at most 256; each u16 length, then the fact          |
 * |     1 | count      | cards, at most 10; each u16 length, then the card           |
 *
 * Rules [IN1] to [IN3] of docs/protocol/crypto.md.
 */
import { assert } from "../base/assert.ts";
import { concat, equalBytes, fromUtf8, u16le, utf8 } from "../base/bytes.ts";
import { readerOf } from "../base/reader.ts";
import { err, ok, type Result } from "../base/result.ts";
import { accountIdOf } from "./account.ts";
import { type Card, decodeCard, verifyCard } from "./card.ts";
import type { DeviceCertificate } from "./certificate.ts";
import {
  DEVICES_PER_ACCOUNT_MAX,
  FACT_BYTES_MAX,
  FACTS_MAX,
  weighFacts,
  type WeighedFacts,
} from "./facts.ts";

export const NAME_BYTES_MAX = 256;
const CARD_BYTES_MAX = 2_048;

export type IntroductionContent = {
  readonly accountKey: Uint8Array;
  /** As the other side wrote it: the app shows it as text and nothing else. */
  readonly name: string;
  readonly facts: readonly Uint8Array[];
  readonly cards: readonly Uint8Array[];
};
/** `devices`: those that are live by the facts and have a card, so that they can be written to. */
export type Introduction = IntroductionContent & {
  readonly account: Uint8Array;
  /** What of `facts` holds, each signature checked. */
  readonly weighed: WeighedFacts;
  readonly devices: readonly { readonly certificate: DeviceCertificate; readonly card: Card }[];
};

export type IntroductionError =
  | { readonly type: "IntroductionMalformed" }
  /** Well formed, but a card is not of a live device of this account. */
  | { readonly type: "IntroductionForged" };
const MALFORMED: IntroductionError = { type: "IntroductionMalformed" };
const FORGED: IntroductionError = { type: "IntroductionForged" };

export function encodeIntroduction(content: IntroductionContent): Uint8Array {
  const name = utf8(content.name);
  assert(name.length <= NAME_BYTES_MAX, "a name within its bound");
  assert(content.facts.length <= FACTS_MAX, "few enough facts");
  assert(content.cards.length <= DEVICES_PER_ACCOUNT_MAX, "few enough cards");
  return concat(
    content.accountKey,
    withLength(name),
    u16le(content.facts.length),
    ...content.facts.map(withLength),
    Uint8Array.of(content.cards.length),
    ...content.cards.map(withLength),
  );
}

/** Reads and verifies: one card a device at most, signed by a device that the facts show as live. */
export function openIntroduction(bytes: Uint8Array): Result<Introduction, IntroductionError> {
  const r = readerOf(bytes);
  const accountKey = r.bytes(32);
  const name = fromUtf8(r.bytes16(NAME_BYTES_MAX));
  const factCount = r.u16();
  if (factCount > FACTS_MAX) return err(MALFORMED);
  const facts = Array.from({ length: factCount }, () => r.bytes16(FACT_BYTES_MAX));
  const cardCount = r.count(DEVICES_PER_ACCOUNT_MAX);
  const cards = Array.from({ length: cardCount }, () => r.bytes16(CARD_BYTES_MAX));
  if (!r.finished() || !name.ok) return err(MALFORMED);

  const weighed = weighFacts(accountKey, [], facts);
  if (!weighed.ok) return err(MALFORMED);
  const { live } = weighed.value;
  const devices: { certificate: DeviceCertificate; card: Card }[] = [];
  for (const cardBytes of cards) {
    const card = decodeCard(cardBytes);
    if (!card.ok) return err(MALFORMED);
    if (devices.some((it) => equalBytes(it.card.device, card.value.device))) return err(MALFORMED);
    const certificate = live.find((it) => equalBytes(it.device, card.value.device));
    if (certificate === undefined || !verifyCard(card.value, certificate)) return err(FORGED);
    devices.push({ certificate, card: card.value });
  }
  const account = accountIdOf(accountKey);
  return ok({
    accountKey,
    account,
    name: name.value,
    facts,
    cards,
    weighed: weighed.value,
    devices,
  });
}

const withLength = (bytes: Uint8Array): Uint8Array => concat(u16le(bytes.length), bytes);
