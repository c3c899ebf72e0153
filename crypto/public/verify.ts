/** Checking signatures. Needs no secret: the relay may import it. Signing is crypto/sign.ts. */
import type { Label } from "../base/labels.ts";
import { sodium } from "../base/sodium.ts";
import { hash32 } from "./hash.ts";

export const VERIFY_KEY_BYTES = 32;
export const SIGNATURE_BYTES = 64;

/**
 * Ed25519 (RFC 8032) over the labelled hash of `parts`. False for anything else, wrong lengths and
 * keys of small order included; never throws.
 */
export function verifyLabelled(
  key: Uint8Array,
  signature: Uint8Array,
  label: Label,
  ...parts: readonly Uint8Array[]
): boolean {
  if (key.length !== VERIFY_KEY_BYTES || signature.length !== SIGNATURE_BYTES) return false;
  return sodium.crypto_sign_verify_detached(signature, hash32(label, ...parts), key);
}
