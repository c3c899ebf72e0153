/** Ed25519 (RFC 8032) over labelled hashes. Checking is crypto/public/verify.ts. */
import { assert } from "./base/assert.ts";
import { wipe } from "./base/bytes.ts";
import type { Label } from "./base/labels.ts";
import { sodium } from "./base/sodium.ts";
import { hash32 } from "./public/hash.ts";

export const SIGN_SEED_BYTES = 32;
export const SIGN_SECRET_BYTES = 64;

/** `secretKey` is libsodium's 64 bytes: the seed, then the public key. */
export type SignKeyPair = { readonly publicKey: Uint8Array; readonly secretKey: Uint8Array };

export function signKeyPairOf(seed: Uint8Array): SignKeyPair {
  assert(seed.length === SIGN_SEED_BYTES, "Ed25519 seed length");
  const { publicKey, privateKey } = sodium.crypto_sign_seed_keypair(seed);
  return { publicKey, secretKey: privateKey };
}

/** 64 bytes over the labelled hash of `parts`, by a secret key, or by its seed at twice the cost. */
export function signLabelled(
  secret: Uint8Array,
  label: Label,
  ...parts: readonly Uint8Array[]
): Uint8Array {
  if (secret.length === SIGN_SEED_BYTES) {
    const { secretKey } = signKeyPairOf(secret);
    try {
      return signLabelled(secretKey, label, ...parts);
    } finally {
      wipe(secretKey);
    }
  }
  assert(secret.length === SIGN_SECRET_BYTES, "Ed25519 secret key length");
  return sodium.crypto_sign_detached(hash32(label, ...parts), secret);
}
