/**
 * A card tells one contact where and with which write token to reach one device. It is
 * device-signed, and of several cards of a device the one with the highest counter holds; it is not
 * a fact.
 *
 * | bytes | field       | rule                                                              |
 * | ----: | ----------- | ----------------------------------------------------------------- |
 * |     1 | version     | 1                                                                 |
 * |    16 | device      | id of the signer                                                  |
 * |     8 | counter     | u53, grows with each card of the device                           |
 * |     4 | lastSeenDay | u32, days since 1970                                              |
 * |     1 | receipts    | 0 or 1: does the device send receipts                             |
 * |     1 | count       | relays, at most 4; each is:                                       |
 * |   2+n | url         | u16 length, then UTF-8 in the form of relay-url.ts                |
 * |    32 | relayId     |                                                                   |
 * |    16 | mailbox     |                                                                   |
 * |    16 | token       | secret: whoever holds it may write to the mailbox                 |
 * |    64 | signature   | last, "card" over everything before, by ID_sig                    |
 *
 * Rules [CA1] to [CA4] of docs/protocol/crypto.md.
 */
import { assert } from "../base/assert.ts";
import { concat, equalBytes, fromUtf8, u16le, u32le, u53le, utf8 } from "../base/bytes.ts";
import { type Reader, readerOf } from "../base/reader.ts";
import { err, ok, type Result } from "../base/result.ts";
import { SIGNATURE_BYTES, verifyLabelled } from "../public/verify.ts";
import { signLabelled } from "../sign.ts";
import type { DeviceCertificate } from "./certificate.ts";
import { DEVICE_ID_BYTES } from "./device.ts";
import { isRelayUrl, RELAY_URL_BYTES_MAX } from "./relay-url.ts";

export const CARD_RELAYS_MAX = 4;
export const WRITE_TOKEN_BYTES = 16;
export const MAILBOX_ID_BYTES = 16;
export const RELAY_ID_BYTES = 32;
const VERSION = 1;
const DAY_MS = 86_400_000;

export type CardRelay = {
  /** As `parseRelayUrl` gives it. */
  readonly url: string;
  readonly relayId: Uint8Array;
  readonly mailbox: Uint8Array;
  readonly token: Uint8Array;
};
export type CardContent = {
  readonly device: Uint8Array;
  readonly counter: number;
  /** In the order in which they are to be tried. Empty: the device cannot be reached now. */
  readonly relays: readonly CardRelay[];
  readonly lastSeenDay: number;
  readonly receipts: boolean;
};
/** `bytes` as received, signature included. */
export type Card = CardContent & { readonly bytes: Uint8Array };

export type CardError =
  | { readonly type: "CardMalformed" }
  | { readonly type: "CardVersionUnknown"; readonly version: number };

export const dayOf = (ms: number): number => Math.floor(ms / DAY_MS);

export function encodeCard(card: CardContent, sigSecret: Uint8Array): Uint8Array {
  assert(card.relays.length <= CARD_RELAYS_MAX, "few enough relays for a card");
  assert(card.device.length === DEVICE_ID_BYTES, "device id length");
  const signed = concat(
    Uint8Array.of(VERSION),
    card.device,
    u53le(card.counter),
    u32le(card.lastSeenDay),
    Uint8Array.of(card.receipts ? 1 : 0, card.relays.length),
    ...card.relays.map(encodeRelay),
  );
  return concat(signed, signLabelled(sigSecret, "card", signed));
}

/** Reads the layout; believes nothing yet. See `verifyCard`. */
export function decodeCard(bytes: Uint8Array): Result<Card, CardError> {
  const r = readerOf(bytes);
  const version = r.u8();
  const device = r.bytes(DEVICE_ID_BYTES);
  const counter = r.u53();
  const lastSeenDay = r.u32();
  const receipts = r.u8();
  if (receipts > 1) r.fail();
  const relays = Array.from({ length: r.count(CARD_RELAYS_MAX) }, () => readRelay(r));
  r.bytes(SIGNATURE_BYTES);
  if (bytes.length > 0 && version !== VERSION) return err({ type: "CardVersionUnknown", version });
  if (!r.finished()) return err({ type: "CardMalformed" });
  return ok({
    device,
    counter,
    relays,
    lastSeenDay,
    receipts: receipts === 1,
    bytes: bytes.slice(),
  });
}

/** Is it of the device that this (standing) certificate is about, and signed by it? */
export function verifyCard(card: Card, certificate: DeviceCertificate): boolean {
  const end = card.bytes.length - SIGNATURE_BYTES;
  return (
    equalBytes(card.device, certificate.device) &&
    verifyLabelled(
      certificate.sigKey,
      card.bytes.subarray(end),
      "card",
      card.bytes.subarray(0, end),
    )
  );
}

/** The card that holds: the highest counter, and the one already held at a tie. */
export const newerCard = (held: Card | null, came: Card): Card =>
  held === null || came.counter > held.counter ? came : held;

function encodeRelay(relay: CardRelay): Uint8Array {
  assert(isRelayUrl(relay.url), "a relay's address in its one form");
  assert(relay.relayId.length === RELAY_ID_BYTES, "relay id length");
  assert(relay.mailbox.length === MAILBOX_ID_BYTES, "mailbox id length");
  assert(relay.token.length === WRITE_TOKEN_BYTES, "write token length");
  const url = utf8(relay.url);
  return concat(u16le(url.length), url, relay.relayId, relay.mailbox, relay.token);
}

function readRelay(r: Reader): CardRelay {
  const url = fromUtf8(r.bytes16(RELAY_URL_BYTES_MAX));
  const text = url.ok ? url.value : "";
  if (!isRelayUrl(text)) r.fail();
  return {
    url: text,
    relayId: r.bytes(RELAY_ID_BYTES),
    mailbox: r.bytes(MAILBOX_ID_BYTES),
    token: r.bytes(WRITE_TOKEN_BYTES),
  };
}
