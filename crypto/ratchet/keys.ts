/**
 * The three key steps of the ratchet (docs/protocol/crypto.md, rules [RA1] to [RA3]):
 *
 *     Root(k, ss, t…): p = K64(k, "root", ss, t…)   rk = p[0:32]   s = p[32:64]
 *                      ck = K32(s, "ck")            nhk = K32(s, "nhk")
 *     Step(ck):        ck', mk = K64(ck, "step")
 *     Tag(hk):         K16(hk, "tag")
 */
import { wipe } from "../base/bytes.ts";
import { kdf, kdf32, kdfPair } from "../kdf.ts";

export type RootStep = {
  readonly rootKey: Uint8Array;
  readonly chainKey: Uint8Array;
  /** Header key of the epoch after this one, which the other side will open. */
  readonly nextHeaderKey: Uint8Array;
};

export function rootStep(
  rootKey: Uint8Array,
  secret: Uint8Array,
  ...transcript: readonly Uint8Array[]
): RootStep {
  const [next, seed] = kdfPair(rootKey, "root", secret, ...transcript);
  const step = {
    rootKey: next,
    chainKey: kdf32(seed, "ck"),
    nextHeaderKey: kdf32(seed, "nhk"),
  };
  wipe(seed);
  return step;
}

/** The next chain key, and the key of the message at this place. Neither leads back. */
export function chainStep(chainKey: Uint8Array): {
  readonly chainKey: Uint8Array;
  readonly messageKey: Uint8Array;
} {
  const [next, messageKey] = kdfPair(chainKey, "step");
  return { chainKey: next, messageKey };
}

/** 16 bytes: what stands in clear before the messages of one direction and epoch. */
export const tagOf = (headerKey: Uint8Array): Uint8Array => kdf(16, headerKey, "tag");
