/** Accounts and devices for tests, each made of one number: the same at every run. */
import { chacha20 } from "@noble/ciphers/chacha.js";

import type { Random } from "../../crypto/base/random.ts";
import { accept, initiate, type Self, splitFirstFlight } from "../../crypto/handshake/handshake.ts";
import {
  decodePrekeyBundle,
  makePrekeys,
  type PrekeyBundle,
  type PrekeySecrets,
} from "../../crypto/handshake/prekeys.ts";
import { accountIdOf, accountKeysOf } from "../../crypto/identity/account.ts";
import {
  CAPABILITY_LINK,
  certifyDevice,
  decodeCertificate,
  type DeviceCertificate,
} from "../../crypto/identity/certificate.ts";
import { makeDevice } from "../../crypto/identity/device.ts";
import { encryptSession } from "../../crypto/ratchet/send.ts";
import type { Session } from "../../crypto/ratchet/session.ts";
import type { SignKeyPair } from "../../crypto/sign.ts";

export const NOW_MS = 1_760_000_000_000;

/** ChaCha20's key stream under a number: looks random, never repeats, the same at every run. */
export function randomOf(seed: number): Random {
  const key = new Uint8Array(32);
  new DataView(key.buffer).setUint32(0, seed, true);
  let calls = 0;
  return (bytes) => {
    const nonce = new Uint8Array(12);
    new DataView(nonce.buffer).setUint32(0, calls, true);
    calls += 1;
    return chacha20(key, nonce, new Uint8Array(bytes));
  };
}

export const bytesOf = (length: number, fill: number): Uint8Array =>
  new Uint8Array(length).fill(fill);
export const textOf = (text: string): Uint8Array => new TextEncoder().encode(text);
export const flipped = (bytes: Uint8Array, index: number, mask = 1): Uint8Array =>
  bytes.map((byte, i) => (i === index ? byte ^ mask : byte));

export type Person = {
  readonly recovery: Uint8Array;
  readonly accountKeys: SignKeyPair;
  readonly account: Uint8Array;
  readonly self: Self;
  readonly prekeys: PrekeySecrets;
  readonly bundle: PrekeyBundle;
};

/** An account with one device that its key certified, and the device's prekeys. */
export function personOf(seed: number): Person {
  const random = randomOf(seed);
  const recovery = random(32);
  const accountKeys = accountKeysOf(recovery);
  const keys = makeDevice(random);
  const certificate = certificateOf(
    certifyDevice(
      {
        accountKey: accountKeys.publicKey,
        issuer: null,
        device: keys,
        capabilities: CAPABILITY_LINK,
        createdAtMs: NOW_MS,
      },
      accountKeys.secretKey,
    ),
  );
  const self = { keys, certificate };
  const { secrets, bundle } = makePrekeys(self, 7, NOW_MS, random);
  return {
    recovery,
    accountKeys,
    account: accountIdOf(accountKeys.publicKey),
    self,
    prekeys: secrets,
    bundle: unwrap(decodePrekeyBundle(bundle)),
  };
}

export const certificateOf = (bytes: Uint8Array): DeviceCertificate =>
  unwrap(decodeCertificate(bytes));

/** Alice and Bob after her first message and his first answer: both directions are open. */
export function sessionsOf(
  alice: Person,
  bob: Person,
  random: Random,
): { alice: Session; bob: Session } {
  const begun = unwrap(initiate(alice.self, bob.bundle, null, NOW_MS, random));
  const first = encryptSession(begun, textOf("first"), { random, nowMs: NOW_MS });
  const flight = unwrap(splitFirstFlight(first.message));
  const accepted = unwrap(accept(bob.self, bob.prekeys, null, flight, NOW_MS));
  return { alice: first.session, bob: accepted.session };
}

export function unwrap<Value>(
  result: { ok: true; value: Value } | { ok: false; error: { type: string } },
): Value {
  if (!result.ok) throw new Error(result.error.type);
  return result.value;
}
