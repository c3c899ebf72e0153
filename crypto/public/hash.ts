/** Labelled BLAKE2b (RFC 7693), unkeyed: `H` and `Hn` of docs/protocol/crypto.md, rule [HA1]. */
import { assert } from "../base/assert.ts";
import { encodeLabelled, type Label } from "../base/labels.ts";
import { sodium } from "../base/sodium.ts";

export const HASH_BYTES = 32;
export const ID_BYTES = 16;

/** BLAKE2b of another output length is another function, not a prefix of this one. */
export function hashN(bytes: number, label: Label, ...parts: readonly Uint8Array[]): Uint8Array {
  assert(bytes >= 1 && bytes <= 64, "BLAKE2b gives 1 to 64 bytes");
  return sodium.crypto_generichash(bytes, encodeLabelled(label, ...parts), null);
}

export const hash32 = (label: Label, ...parts: readonly Uint8Array[]): Uint8Array =>
  hashN(HASH_BYTES, label, ...parts);

export const hash16 = (label: Label, ...parts: readonly Uint8Array[]): Uint8Array =>
  hashN(ID_BYTES, label, ...parts);
