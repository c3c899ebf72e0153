/**
 * The vault of a tab: it opens what screens show and seals nothing. It does in small JavaScript what
 * the engine does in libsodium, which stays out of tabs: XChaCha20-Poly1305, and `crypto_kdf` for the
 * sub-keys (keyed BLAKE2b, RFC 7693, number as salt, context as personalisation; libsodium's
 * "Key derivation"). A test holds the two together.
 */
import { xchacha20poly1305 } from "@noble/ciphers/chacha.js";
import { blake2b } from "@noble/hashes/blake2.js";

import { utf8 } from "../../crypto/base/bytes.ts";
import type { Aead } from "../../crypto/vault/vault.ts";
import type { RowVault } from "./row-vault.ts";

const SUB_KEY_BYTES = 32;
/** As in crypto/vault/sub-keys.ts, which a tab must not load. */
const CONTEXT = "kithvlt1";
const ENTRIES_ID = 1;
const SETTINGS_ID = 5;
/** BLAKE2b's salt and personalisation, filled up with zeros. */
const FIELD_BYTES = 16;

const nobleAead: Aead = {
  encrypt: (plaintext, context, nonce, key) =>
    xchacha20poly1305(key, nonce, context).encrypt(plaintext),
  decrypt: (box, context, nonce, key) => xchacha20poly1305(key, nonce, context).decrypt(box),
};

/** `dmk`: the device's master key, 32 bytes. */
export function readerVaultOf(dmk: Uint8Array): RowVault {
  const keys = { entries: subKey(dmk, ENTRIES_ID), settings: subKey(dmk, SETTINGS_ID) };
  return { aead: nobleAead, keys };
}

function subKey(dmk: Uint8Array, id: number): Uint8Array {
  const salt = new Uint8Array(FIELD_BYTES);
  salt[0] = id;
  const personalization = new Uint8Array(FIELD_BYTES);
  personalization.set(utf8(CONTEXT));
  return blake2b(new Uint8Array(0), { dkLen: SUB_KEY_BYTES, key: dmk, salt, personalization });
}
