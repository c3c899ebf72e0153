/**
 * Live frames: what a device tells a channel now and need not keep (receipts, typing, …). They hang
 * on a chain's live key without a step: each is sealed under a random nonce, any of them may be
 * lost or come again, and a newer chain brings a newer key.
 *
 * | offset | bytes | field  | rule                                                               |
 * | -----: | ----: | ------ | ------------------------------------------------------------------ |
 * |      0 |    16 | tag    | K16(lk, "live/tag", channel, author)                               |
 * |     16 |     n | sealed | under K32(lk, "live"), context suite, tag, channel, author         |
 *
 * Everybody who holds the chain could seal one: what matters is signed inside. Rules [LV1] to [LV3]
 * of docs/protocol/crypto.md.
 */
import { open, seal } from "../aead.ts";
import { concat, wipe } from "../base/bytes.ts";
import type { Random } from "../base/random.ts";
import { err, type Result } from "../base/result.ts";
import { MESSAGE_ID_BYTES, SUITE_BYTE } from "../envelope.ts";
import { kdf, kdf32 } from "../kdf.ts";
import { OPEN_FAILED, type OpenFailed } from "../xchacha.ts";
import type { ChainKeys } from "./sender-chain.ts";

export const SLOT_BYTES = 8;

export type LiveKeys = Pick<ChainKeys, "channel" | "author" | "liveKey">;

/** 16 bytes: where the live frames of this chain arrive. */
export const liveTagOf = (chain: LiveKeys): Uint8Array =>
  kdf(MESSAGE_ID_BYTES, chain.liveKey, "live/tag", chain.channel, chain.author);

/** 8 bytes: of frames with one slot the relay keeps the newest. Changes with the chain. */
export const slotOf = (liveKey: Uint8Array): Uint8Array => kdf(SLOT_BYTES, liveKey, "slot");

/** 8 bytes, likewise: of digests, which replace each other and no cursor. */
export const helloSlotOf = (liveKey: Uint8Array): Uint8Array =>
  kdf(SLOT_BYTES, liveKey, "slot/hello");

/** `id | rest`, ready for `envelopeOf`. Changes no state. */
export function sealLive(chain: LiveKeys, payload: Uint8Array, random: Random): Uint8Array {
  const tag = liveTagOf(chain);
  const key = kdf32(chain.liveKey, "live");
  try {
    return concat(tag, seal(key, contextOf(chain, tag), payload, random));
  } finally {
    wipe(key);
  }
}

/** Opens as often as it comes: whoever minds repetition counts inside. */
export function openLive(chain: LiveKeys, message: Uint8Array): Result<Uint8Array, OpenFailed> {
  if (message.length <= MESSAGE_ID_BYTES) return err(OPEN_FAILED);
  const tag = message.subarray(0, MESSAGE_ID_BYTES);
  const key = kdf32(chain.liveKey, "live");
  try {
    return open(key, contextOf(chain, tag), message.subarray(MESSAGE_ID_BYTES));
  } finally {
    wipe(key);
  }
}

const contextOf = (chain: LiveKeys, tag: Uint8Array): Uint8Array =>
  concat(SUITE_BYTE, tag, chain.channel, chain.author);
