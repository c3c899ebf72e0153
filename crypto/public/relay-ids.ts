/**
 * What device and relay compute alike: ids, stored forms and the parts of what is signed between
 * them. Rules [RI1] to [RI5] of docs/protocol/crypto.md.
 */
import { assert } from "../base/assert.ts";
import { utf8 } from "../base/bytes.ts";
import { hash16, hash32 } from "./hash.ts";

export const POW_CHALLENGE_BYTES = 16;
export const POW_NONCE_BYTES = 8;

/** 16 bytes. Bound to one relay, so the mailboxes of one device cannot be linked by id. */
export const mailboxIdOf = (ownerKey: Uint8Array, relayId: Uint8Array): Uint8Array =>
  hash16("mailbox", ownerKey, relayId);

/** 16 bytes: the ciphertext names itself, whatever the target, the relay and the attempt. */
export const envelopeIdOf = (body: Uint8Array): Uint8Array => hash16("env", body);

/** 32 bytes: a relay keeps this, never the write token. */
export const tokenHashOf = (token: Uint8Array): Uint8Array => hash32("token", token);

/** 32 bytes: a relay keeps this of the put key that came with the first recovery capsule at a place. */
export const capsulePutHashOf = (putKey: Uint8Array): Uint8Array => hash32("rec/stored", putKey);

/** Parts to sign under "relay/auth" with the mailbox's owner key. */
export const relayAuthParts = (
  relayId: Uint8Array,
  nonce: Uint8Array,
  mailbox: Uint8Array,
): readonly Uint8Array[] => [relayId, nonce, mailbox];

export type RelayHttpRequest = {
  readonly relayId: Uint8Array;
  /** Upper case. */
  readonly method: string;
  /** Path and query, as sent. */
  readonly path: string;
  readonly dateMs: number;
  readonly body: Uint8Array;
};

/** Parts to sign under "relay/http" with the mailbox's owner key; the date is decimal ASCII. */
export const relayHttpParts = (request: RelayHttpRequest): readonly Uint8Array[] => [
  request.relayId,
  utf8(request.method),
  utf8(request.path),
  utf8(String(request.dateMs)),
  hash32("relay/http-body", request.body),
];

/** Proof of work: how many zero bits the hash of challenge and nonce begins with, 0 to 256. */
export function powOf(challenge: Uint8Array, nonce: Uint8Array): number {
  assert(challenge.length === POW_CHALLENGE_BYTES, "proof-of-work challenge length");
  assert(nonce.length === POW_NONCE_BYTES, "proof-of-work nonce length");
  const digest = hash32("relay/pow", challenge, nonce);
  let bits = 0;
  for (const byte of digest) {
    if (byte !== 0) return bits + Math.clz32(byte) - 24;
    bits += 8;
  }
  return bits;
}
