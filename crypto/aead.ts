/**
 * Sealing one message: XChaCha20-Poly1305 with padding and a commitment to the key, which Poly1305
 * lacks (Albertini et al., "How to Abuse and Fix Authenticated Encryption Without Key Commitment",
 * USENIX Security 2022, section 5: a keyed hash of the nonce yields encryption key and commitment).
 *
 * | offset | bytes | field      |                                                          |
 * | -----: | ----: | ---------- | -------------------------------------------------------- |
 * |      0 |    24 | nonce      | random                                                   |
 * |     24 |    32 | commitment | second half of K64(key, "aead", nonce)                   |
 * |     56 |  n+16 | box        | under the first half; context, nonce, commitment bound   |
 *
 * Nonces are random though most keys seal once: storage that a power loss rolls back may bring a
 * ratchet key back, and a (key, nonce) pair must not come twice. Rules [AE1] to [AE5] of
 * docs/protocol/crypto.md.
 */
import { concat, equalBytes, wipe } from "./base/bytes.ts";
import type { Random } from "./base/random.ts";
import { err, ok, type Result } from "./base/result.ts";
import { KEY_BYTES, kdfPair } from "./kdf.ts";
import { pad, paddedLength, unpad } from "./padding.ts";
import {
  AEAD_TAG_BYTES,
  NONCE_BYTES,
  OPEN_FAILED,
  type OpenFailed,
  xchachaDecrypt,
  xchachaEncrypt,
} from "./xchacha.ts";

const HEAD_BYTES = NONCE_BYTES + KEY_BYTES;

/** How many bytes `seal` makes of a message of `length` bytes. */
export const sealedLength = (length: number): number =>
  HEAD_BYTES + paddedLength(length + 1) + AEAD_TAG_BYTES;

/** `context` is authenticated, not sent: both sides rebuild it alike. The caller wipes `key`. */
export function seal(
  key: Uint8Array,
  context: Uint8Array,
  message: Uint8Array,
  random: Random,
): Uint8Array {
  const nonce = random(NONCE_BYTES);
  const [boxKey, commitment] = kdfPair(key, "aead", nonce);
  const padded = pad(message);
  try {
    const head = concat(nonce, commitment);
    return concat(head, xchachaEncrypt(boxKey, nonce, concat(context, head), padded));
  } finally {
    wipe(boxKey, padded);
  }
}

/** The commitment is compared first, so no two keys open one box. Any bytes get an answer. */
export function open(
  key: Uint8Array,
  context: Uint8Array,
  sealed: Uint8Array,
): Result<Uint8Array, OpenFailed> {
  if (sealed.length < HEAD_BYTES + AEAD_TAG_BYTES) return err(OPEN_FAILED);
  const head = sealed.subarray(0, HEAD_BYTES);
  const nonce = head.subarray(0, NONCE_BYTES);
  const [boxKey, commitment] = kdfPair(key, "aead", nonce);
  try {
    if (!equalBytes(commitment, head.subarray(NONCE_BYTES))) return err(OPEN_FAILED);
    const box = sealed.subarray(HEAD_BYTES);
    const padded = xchachaDecrypt(boxKey, nonce, concat(context, head), box);
    if (!padded.ok) return padded;
    const message = unpad(padded.value);
    return message === null ? err(OPEN_FAILED) : ok(message);
  } finally {
    wipe(boxKey);
  }
}
