/**
 * XChaCha20-Poly1305 (draft-irtf-cfrg-xchacha-03) by libsodium, with the nonce given. For headers,
 * whose keys no two parties can choose; messages go through the committing aead.ts.
 */
import { err, ok, type Result } from "./base/result.ts";
import { sodium } from "./base/sodium.ts";

export const NONCE_BYTES = 24;
export const AEAD_TAG_BYTES = 16;

/** One error for a wrong key, wrong context and tampering: an attacker learns nothing more. */
export type OpenFailed = { readonly type: "OpenFailed" };
export const OPEN_FAILED: OpenFailed = { type: "OpenFailed" };

/** `AEAD_TAG_BYTES` longer than the plaintext. A (key, nonce) pair must never come twice. */
export const xchachaEncrypt = (
  key: Uint8Array,
  nonce: Uint8Array,
  context: Uint8Array,
  plaintext: Uint8Array,
): Uint8Array =>
  sodium.crypto_aead_xchacha20poly1305_ietf_encrypt(plaintext, context, null, nonce, key);

export function xchachaDecrypt(
  key: Uint8Array,
  nonce: Uint8Array,
  context: Uint8Array,
  box: Uint8Array,
): Result<Uint8Array, OpenFailed> {
  try {
    return ok(sodium.crypto_aead_xchacha20poly1305_ietf_decrypt(null, box, context, nonce, key));
  } catch {
    return err(OPEN_FAILED);
  }
}
