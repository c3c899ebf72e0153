/**
 * The recovery capsule: what an account keeps at its relays for the day on which its devices are
 * gone and only the 24 words are left. It is sealed to an X-Wing key made of the recovery secret,
 * so devices that erased the secret can still renew it: they keep the public key, the place and
 * the key to write there.
 *
 * | offset | bytes | field      |                                                            |
 * | -----: | ----: | ---------- | ---------------------------------------------------------- |
 * |      0 |     1 | version    | 1                                                          |
 * |      1 | 1,120 | ciphertext | X-Wing, to the recovery key                                |
 * |  1,121 |     n | box        | aead.ts, under K32(shared secret, "rec/key", the above)    |
 *
 * A relay that does not know the public key cannot make one. A device that is lost could: who
 * wrote what is inside is signed there (capsule-content.ts).
 *
 * Rules [CP1] to [CP4] of docs/protocol/crypto.md.
 */
import { open, seal } from "../aead.ts";
import { assert } from "../base/assert.ts";
import { concat, wipe } from "../base/bytes.ts";
import type { Random } from "../base/random.ts";
import { err, ok, type Result } from "../base/result.ts";
import { RECOVERY_SECRET_BYTES } from "../identity/recovery-secret.ts";
import { kdf, kdf32 } from "../kdf.ts";
import {
  decapsulate,
  encapsulate,
  KEM_CIPHERTEXT_BYTES,
  KEM_PUBLIC_BYTES,
  type KemKeyPair,
  makeKemKeyPair,
} from "../kem.ts";
import { OPEN_FAILED, type OpenFailed } from "../xchacha.ts";

/** Sealed. What a relay takes. */
export const SEALED_CAPSULE_BYTES_MAX = 262_144;
/** Before sealing: padding takes the rest. */
export const CAPSULE_BYTES_MAX = 258_047;
export const CAPSULE_PLACE_BYTES = 16;
export const CAPSULE_WRITE_KEY_BYTES = 32;
const VERSION = 1;
const HEAD_BYTES = 1 + KEM_CIPHERTEXT_BYTES;

/** All that a device needs to renew the capsule. None of it opens one; all of it is secret. */
export type CapsuleKeys = {
  readonly publicKey: Uint8Array;
  /** Where the capsule lies at a relay: whoever asks for it there gets the sealed bytes. */
  readonly place: Uint8Array;
  readonly writeKey: Uint8Array;
};
export type CapsuleOpenError =
  | OpenFailed
  | { readonly type: "CapsuleVersionUnknown"; readonly version: number };
export type CapsuleTooLong = {
  readonly type: "CapsuleTooLong";
  readonly bytes: number;
  readonly limit: number;
};

/** Made once, while the recovery secret is at hand. */
export function capsuleKeysOf(recoverySecret: Uint8Array): CapsuleKeys {
  const { publicKey, secretKey } = recoveryKemOf(recoverySecret);
  wipe(secretKey);
  return {
    publicKey,
    place: kdf(CAPSULE_PLACE_BYTES, recoverySecret, "rec/loc"),
    writeKey: kdf32(recoverySecret, "rec/write"),
  };
}

/** 32 bytes to show one relay with the capsule: another relay cannot overwrite it with them. */
export const capsulePutKeyOf = (keys: CapsuleKeys, relayId: Uint8Array): Uint8Array =>
  kdf32(keys.writeKey, "rec/put", relayId);

export function sealCapsule(
  { publicKey, place }: CapsuleKeys,
  content: Uint8Array,
  random: Random,
): Result<Uint8Array, CapsuleTooLong> {
  if (content.length > CAPSULE_BYTES_MAX) {
    return err({ type: "CapsuleTooLong", bytes: content.length, limit: CAPSULE_BYTES_MAX });
  }
  assert(publicKey.length === KEM_PUBLIC_BYTES, "capsule key length");
  const encapsulated = encapsulate(publicKey, random);
  assert(encapsulated.ok, "a public key that we made ourselves");
  const head = concat(Uint8Array.of(VERSION), encapsulated.value.ciphertext);
  const key = kdf32(encapsulated.value.sharedSecret, "rec/key", head, publicKey, place);
  try {
    const sealed = concat(head, seal(key, place, content, random));
    assert(sealed.length <= SEALED_CAPSULE_BYTES_MAX, "a capsule that relays take");
    return ok(sealed);
  } finally {
    wipe(key, encapsulated.value.sharedSecret);
  }
}

/** Any bytes get an answer. What comes out was sealed by one who knew the account's capsule key. */
export function openCapsule(
  recoverySecret: Uint8Array,
  sealed: Uint8Array,
): Result<Uint8Array, CapsuleOpenError> {
  const version = sealed[0] ?? 0;
  if (sealed.length > 0 && version !== VERSION) {
    return err({ type: "CapsuleVersionUnknown", version });
  }
  if (sealed.length < HEAD_BYTES) return err(OPEN_FAILED);
  const head = sealed.subarray(0, HEAD_BYTES);
  const { publicKey, secretKey } = recoveryKemOf(recoverySecret);
  const shared = decapsulate(head.subarray(1), secretKey);
  wipe(secretKey);
  if (!shared.ok) return err(OPEN_FAILED);
  const place = kdf(CAPSULE_PLACE_BYTES, recoverySecret, "rec/loc");
  const key = kdf32(shared.value, "rec/key", head, publicKey, place);
  try {
    return open(key, place, sealed.subarray(HEAD_BYTES));
  } finally {
    wipe(key, shared.value);
  }
}

function recoveryKemOf(recoverySecret: Uint8Array): KemKeyPair {
  assert(recoverySecret.length === RECOVERY_SECRET_BYTES, "recovery secret length");
  return makeKemKeyPair(() => kdf32(recoverySecret, "rec/kem"));
}
