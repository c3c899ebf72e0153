/**
 * The account: one Ed25519 key, made of the recovery secret and hardly ever used. Contacts, safety
 * numbers and membership name accounts. Rules [ID1] and [ID2] of docs/protocol/crypto.md.
 */
import { assert } from "../base/assert.ts";
import { wipe } from "../base/bytes.ts";
import { KEY_BYTES, kdf32 } from "../kdf.ts";
import { hash32 } from "../public/hash.ts";
import { type SignKeyPair, signKeyPairOf } from "../sign.ts";
import { RECOVERY_SECRET_BYTES } from "./recovery-secret.ts";

export const ACCOUNT_ID_BYTES = 32;

/** The account key pair. The caller wipes the secret half as soon as it has signed. */
export function accountKeysOf(recoverySecret: Uint8Array): SignKeyPair {
  assert(recoverySecret.length === RECOVERY_SECRET_BYTES, "recovery secret length");
  assert(recoverySecret.length === KEY_BYTES, "the recovery secret is a key");
  const seed = kdf32(recoverySecret, "acct-key");
  try {
    return signKeyPairOf(seed);
  } finally {
    wipe(seed);
  }
}

/** 32 bytes: a hash of the public key, so that an id can never be taken for a key. */
export const accountIdOf = (accountKey: Uint8Array): Uint8Array => hash32("acct", accountKey);
