/** Keyed BLAKE2b (RFC 7693) as PRF and KDF: `Kn` of docs/protocol/crypto.md, rule [KD1]. */
import { assert } from "./base/assert.ts";
import { encodeLabelled, type Label } from "./base/labels.ts";
import { sodium } from "./base/sodium.ts";

export const KEY_BYTES = 32;

/** 1 to 64 bytes that nobody without the 32-byte key can tell from random ones. */
export function kdf(
  bytes: number,
  key: Uint8Array,
  label: Label,
  ...parts: readonly Uint8Array[]
): Uint8Array {
  assert(bytes >= 1 && bytes <= 64, "BLAKE2b gives 1 to 64 bytes");
  assert(key.length === KEY_BYTES, "key length");
  return sodium.crypto_generichash(bytes, encodeLabelled(label, ...parts), key);
}

export const kdf32 = (key: Uint8Array, label: Label, ...parts: readonly Uint8Array[]): Uint8Array =>
  kdf(KEY_BYTES, key, label, ...parts);

/** Two keys out of one call: the halves of 64 bytes, each an array of its own. */
export function kdfPair(
  key: Uint8Array,
  label: Label,
  ...parts: readonly Uint8Array[]
): readonly [Uint8Array, Uint8Array] {
  const both = kdf(2 * KEY_BYTES, key, label, ...parts);
  const pair = [both.slice(0, KEY_BYTES), both.slice(KEY_BYTES)] as const;
  both.fill(0);
  return pair;
}
