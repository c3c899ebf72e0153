/** X25519 (RFC 7748). Rule [DH1] of docs/protocol/crypto.md: no all-zero result is ever used. */
import { assert } from "./base/assert.ts";
import type { Random } from "./base/random.ts";
import { err, ok, type Result } from "./base/result.ts";
import { sodium } from "./base/sodium.ts";

export const DH_KEY_BYTES = 32;

export type DhKeyPair = { readonly publicKey: Uint8Array; readonly secretKey: Uint8Array };
export type DhError = { readonly type: "DhKeyInvalid" };

export function makeDhKeyPair(random: Random): DhKeyPair {
  const secretKey = random(DH_KEY_BYTES);
  return { publicKey: sodium.crypto_scalarmult_base(secretKey), secretKey };
}

/** 32 bytes to hash, not to use as they are. Fails on a key of low order: its result is zero. */
export function dh(secretKey: Uint8Array, publicKey: Uint8Array): Result<Uint8Array, DhError> {
  assert(secretKey.length === DH_KEY_BYTES, "X25519 secret key length");
  try {
    return ok(sodium.crypto_scalarmult(secretKey, publicKey));
  } catch {
    return err({ type: "DhKeyInvalid" });
  }
}
