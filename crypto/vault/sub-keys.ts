/**
 * The vault's keys: one device master key (DMK), from which each room gets a key of its own, by
 * libsodium's `crypto_kdf` (keyed BLAKE2b with the number as salt). Rule [VA5].
 */
import { assert } from "../base/assert.ts";
import { sodium } from "../base/sodium.ts";
import { xchachaEncrypt } from "../xchacha.ts";
import type { Aead } from "./vault.ts";

export const DMK_BYTES = 32;
/** Eight characters, as crypto_kdf wants them. */
const CONTEXT = "kithvlt1";

/** 32 bytes each. Numbers, once given, are never given again. */
export type SubKeys = {
  readonly entries: Uint8Array;
  readonly ratchets: Uint8Array;
  readonly search: Uint8Array;
  readonly media: Uint8Array;
  readonly settings: Uint8Array;
};

export function subKeysOf(dmk: Uint8Array): SubKeys {
  assert(dmk.length === DMK_BYTES, "device master key length");
  const subKey = (id: number): Uint8Array =>
    sodium.crypto_kdf_derive_from_key(DMK_BYTES, id, CONTEXT, dmk);
  return {
    entries: subKey(1),
    ratchets: subKey(2),
    search: subKey(3),
    media: subKey(4),
    settings: subKey(5),
  };
}

/** The engine's AEAD. */
export const sodiumAead: Aead = {
  encrypt: (plaintext, context, nonce, key) => xchachaEncrypt(key, nonce, context, plaintext),
  decrypt: (box, context, nonce, key) =>
    sodium.crypto_aead_xchacha20poly1305_ietf_decrypt(null, box, context, nonce, key),
};
