/**
 * X-Wing (draft-connolly-cfrg-xwing-kem): X25519 and ML-KEM-768 in one KEM, secure while either
 * holds. Rules [KE1] to [KE3] of docs/protocol/crypto.md.
 */
import { assert } from "./base/assert.ts";
import { wipe } from "./base/bytes.ts";
import type { Random } from "./base/random.ts";
import { err, ok, type Result } from "./base/result.ts";
import { sodium } from "./base/sodium.ts";

export const KEM_PUBLIC_BYTES = 1_216;
export const KEM_SECRET_BYTES = 32;
export const KEM_CIPHERTEXT_BYTES = 1_120;
const ENCAPSULATION_SEED_BYTES = 64;

export type KemKeyPair = { readonly publicKey: Uint8Array; readonly secretKey: Uint8Array };
export type Encapsulated = { readonly ciphertext: Uint8Array; readonly sharedSecret: Uint8Array };
export type KemError = { readonly type: "KemInputInvalid" };
const INVALID: KemError = { type: "KemInputInvalid" };

/** The secret key is its 32-byte seed. */
export function makeKemKeyPair(random: Random): KemKeyPair {
  const seed = random(KEM_SECRET_BYTES);
  const { publicKey, privateKey } = sodium.crypto_kem_xwing_seed_keypair(seed);
  wipe(seed);
  return { publicKey, secretKey: privateKey };
}

/** Fails on a key of wrong length or with coefficients out of range (FIPS 203 section 7.2). */
export function encapsulate(publicKey: Uint8Array, random: Random): Result<Encapsulated, KemError> {
  if (publicKey.length !== KEM_PUBLIC_BYTES) return err(INVALID);
  const seed = random(ENCAPSULATION_SEED_BYTES);
  assert(seed.length === ENCAPSULATION_SEED_BYTES, "encapsulation seed length");
  try {
    return ok(sodium.crypto_kem_xwing_enc_deterministic(publicKey, seed));
  } catch {
    return err(INVALID);
  } finally {
    wipe(seed);
  }
}

/** Whether `encapsulate` will take it: asked of every foreign key on receipt. */
export const isKemPublicKey = (publicKey: Uint8Array): boolean =>
  encapsulate(publicKey, (bytes) => new Uint8Array(bytes)).ok;

/**
 * 32 bytes. A ciphertext made for another key yields another secret, not an error (implicit
 * rejection); fails on wrong lengths alone.
 */
export function decapsulate(
  ciphertext: Uint8Array,
  secretKey: Uint8Array,
): Result<Uint8Array, KemError> {
  assert(secretKey.length === KEM_SECRET_BYTES, "KEM secret key length");
  if (ciphertext.length !== KEM_CIPHERTEXT_BYTES) return err(INVALID);
  try {
    return ok(sodium.crypto_kem_xwing_dec(ciphertext, secretKey));
  } catch {
    return err(INVALID);
  }
}
