/**
 * A device's own keys: one to sign, one to agree on secrets, never converted into each other,
 * shared with no other device, in no backup. Rule [ID3] of docs/protocol/crypto.md.
 */
import { wipe } from "../base/bytes.ts";
import type { Random } from "../base/random.ts";
import { makeDhKeyPair } from "../dh.ts";
import { hash16 } from "../public/hash.ts";
import { SIGN_SEED_BYTES, signKeyPairOf } from "../sign.ts";

export const DEVICE_ID_BYTES = 16;

export type DeviceKeys = {
  /** ID_sig, Ed25519: 32 public bytes, 64 secret ones (seed, then public key). */
  readonly sigKey: Uint8Array;
  readonly sigSecret: Uint8Array;
  /** ID_dh, X25519: 32 and 32 bytes. */
  readonly dhKey: Uint8Array;
  readonly dhSecret: Uint8Array;
};

export function makeDevice(random: Random): DeviceKeys {
  const seed = random(SIGN_SEED_BYTES);
  const sig = signKeyPairOf(seed);
  wipe(seed);
  const agreement = makeDhKeyPair(random);
  return {
    sigKey: sig.publicKey,
    sigSecret: sig.secretKey,
    dhKey: agreement.publicKey,
    dhSecret: agreement.secretKey,
  };
}

/** 16 bytes, a hash of both public keys. */
export const deviceIdOf = (sigKey: Uint8Array, dhKey: Uint8Array): Uint8Array =>
  hash16("dev", sigKey, dhKey);
