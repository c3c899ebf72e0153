/**
 * A sender chain: one device's hash ratchet for one channel, one ciphertext for all who hold it
 * (Balbás, Collins and Gajland, "WhatsUpp with Sender Keys?", ASIACRYPT 2023). Nothing is signed
 * here: the entry inside carries its author's signature.
 *
 * | offset | bytes | field   | rule                                                              |
 * | -----: | ----: | ------- | ----------------------------------------------------------------- |
 * |      0 |    16 | tag     | K16(hk, "tag", channel, author)                                   |
 * |     16 |     4 | number  | u32 n, XOR K4(hk, "mask", nonce of the seal)                      |
 * |     20 |     m | sealed  | under the n-th message key, context suite, tag, channel, author, n |
 *
 * The tag is bound to the author's device: a member who knows another's header key cannot hand out
 * a chain of its own that catches the other's messages. Rules [SC1] to [SC9] of
 * docs/protocol/crypto.md.
 */
import { open, seal } from "../aead.ts";
import { assert } from "../base/assert.ts";
import { concat, readU32le, u32le, wipe } from "../base/bytes.ts";
import type { Random } from "../base/random.ts";
import { readerOf } from "../base/reader.ts";
import { err, ok, type Result } from "../base/result.ts";
import { MESSAGE_ID_BYTES, SUITE_BYTE } from "../envelope.ts";
import { CHANNEL_ID_BYTES } from "../identity/channel-id.ts";
import { DEVICE_ID_BYTES } from "../identity/device.ts";
import { KEY_BYTES, kdf } from "../kdf.ts";
import { chainStep } from "../ratchet/keys.ts";
import { findSkipped, type SkippedKey, skipTo } from "../ratchet/skipped.ts";
import { NONCE_BYTES, OPEN_FAILED, type OpenFailed } from "../xchacha.ts";

/**
 * A receiver steps over at most so many lost messages at once. The number is not proven before the step
 * is taken, so each costs whoever it reaches; a chain ends after 100 messages.
 */
export const CHAIN_JUMP_MAX = 2_000;
/** Keys of messages that did not arrive yet, for each chain. */
export const CHAIN_SKIPPED_MAX = 2_000;
export const HAND_OVER_BYTES = CHANNEL_ID_BYTES + 4 + 3 * KEY_BYTES;
const SEALED_AT = MESSAGE_ID_BYTES + 4;

/** What both ends of a chain share. */
export type ChainKeys = {
  readonly channel: Uint8Array;
  /** Device id of the only one who seals under it. */
  readonly author: Uint8Array;
  readonly tag: Uint8Array;
  readonly chainKey: Uint8Array;
  readonly headerKey: Uint8Array;
  /** lk: see live.ts. */
  readonly liveKey: Uint8Array;
  /** Number of the next message. */
  readonly n: number;
};
export type SenderChain = ChainKeys;
export type PeerChain = ChainKeys & { readonly skipped: readonly SkippedKey[] };

export type HandOverError = { readonly type: "HandOverMalformed" };
/** `SkippedTooMany` and `AlreadyOpened` rest on a number that is only masked: they prove nothing. */
export type ChainError =
  | OpenFailed
  | { readonly type: "AlreadyOpened"; readonly n: number }
  | { readonly type: "SkippedTooMany"; readonly steps: number; readonly limit: number };

/** A fresh chain of `author`, this device's id. */
export function makeChain(channel: Uint8Array, author: Uint8Array, random: Random): SenderChain {
  assert(channel.length === CHANNEL_ID_BYTES, "channel id length");
  assert(author.length === DEVICE_ID_BYTES, "device id length");
  const headerKey = random(KEY_BYTES);
  return {
    channel,
    author,
    tag: chainTagOf(headerKey, channel, author),
    chainKey: random(KEY_BYTES),
    headerKey,
    liveKey: random(KEY_BYTES),
    n: 0,
  };
}

/**
 * The chain as it is now, for one device over its session: whoever gets it reads from here on and
 * nothing earlier. 116 secret bytes: channel 16, n u32, chain key 32, header key 32, live key 32.
 */
export const handOverOf = (chain: SenderChain): Uint8Array =>
  concat(chain.channel, u32le(chain.n), chain.chainKey, chain.headerKey, chain.liveKey);

/**
 * `author` is the device at the other end of the session that the bytes came by. The caller checks
 * that it may write to `channel`, and keeps what it already holds under the same tag.
 */
export function peerChainFrom(
  bytes: Uint8Array,
  author: Uint8Array,
): Result<PeerChain, HandOverError> {
  assert(author.length === DEVICE_ID_BYTES, "device id length");
  const r = readerOf(bytes);
  const channel = r.bytes(CHANNEL_ID_BYTES);
  const n = r.u32();
  const chainKey = r.bytes(KEY_BYTES);
  const headerKey = r.bytes(KEY_BYTES);
  const liveKey = r.bytes(KEY_BYTES);
  if (!r.finished()) return err({ type: "HandOverMalformed" });
  const tag = chainTagOf(headerKey, channel, author);
  return ok({ channel, author, tag, chainKey, headerKey, liveKey, n, skipped: [] });
}

/** `message` is `id | rest`, ready for `envelopeOf`. Store `chain` before it leaves the device. */
export function sealChain(
  chain: SenderChain,
  payload: Uint8Array,
  random: Random,
): { readonly chain: SenderChain; readonly message: Uint8Array } {
  const { chainKey, messageKey } = chainStep(chain.chainKey);
  try {
    const number = u32le(chain.n);
    const sealed = seal(messageKey, contextOf(chain, number), payload, random);
    const masked = xorMask(chain, number, sealed.subarray(0, NONCE_BYTES));
    const next = { ...chain, chainKey, n: chain.n + 1 };
    return { chain: next, message: concat(chain.tag, masked, sealed) };
  } finally {
    wipe(messageKey);
  }
}

/** On an error the given chain still holds. `message` must carry the chain's tag. */
export function openChain(
  chain: PeerChain,
  message: Uint8Array,
): Result<{ readonly chain: PeerChain; readonly payload: Uint8Array }, ChainError> {
  if (message.length < SEALED_AT + NONCE_BYTES) return err(OPEN_FAILED);
  const sealed = message.subarray(SEALED_AT);
  const masked = message.subarray(MESSAGE_ID_BYTES, SEALED_AT);
  const number = xorMask(chain, masked, sealed.subarray(0, NONCE_BYTES));
  const n = readU32le(number);
  const context = contextOf({ ...chain, tag: message.subarray(0, MESSAGE_ID_BYTES) }, number);

  if (n < chain.n) {
    const key = findSkipped(chain.skipped, n);
    if (key === undefined) return err({ type: "AlreadyOpened", n });
    const payload = open(key, context, sealed);
    if (!payload.ok) return payload;
    const skipped = chain.skipped.filter((it) => it.n !== n);
    return ok({ chain: { ...chain, skipped }, payload: payload.value });
  }
  const steps = n - chain.n;
  if (steps > CHAIN_JUMP_MAX) return err({ type: "SkippedTooMany", steps, limit: CHAIN_JUMP_MAX });
  const gap = skipTo(chain.chainKey, chain.n, n, CHAIN_SKIPPED_MAX);
  const { chainKey, messageKey } = chainStep(gap.chainKey);
  const payload = open(messageKey, context, sealed);
  wipe(messageKey);
  if (steps > 0) wipe(gap.chainKey);
  if (!payload.ok) return payload;
  const skipped = [...chain.skipped, ...gap.skipped].slice(-CHAIN_SKIPPED_MAX);
  return ok({ chain: { ...chain, chainKey, n: n + 1, skipped }, payload: payload.value });
}

const chainTagOf = (headerKey: Uint8Array, channel: Uint8Array, author: Uint8Array): Uint8Array =>
  kdf(MESSAGE_ID_BYTES, headerKey, "tag", channel, author);

const contextOf = (
  chain: Pick<ChainKeys, "tag" | "channel" | "author">,
  number: Uint8Array,
): Uint8Array => concat(SUITE_BYTE, chain.tag, chain.channel, chain.author, number);

/** Masks and unmasks alike. The nonce is random, so equal numbers do not look equal. */
function xorMask(chain: ChainKeys, number: Uint8Array, nonce: Uint8Array): Uint8Array {
  const mask = kdf(4, chain.headerKey, "mask", nonce);
  return number.map((byte, i) => byte ^ (mask[i] ?? 0));
}
