/** What no code around them can go below: one call each of the primitives that a group is made of, in ms. */
import { systemRandom as random } from "../../app/engine/system.ts";
import { assert } from "../../crypto/base/assert.ts";
import { sodium } from "../../crypto/base/sodium.ts";
import { dh, makeDhKeyPair } from "../../crypto/dh.ts";
import { decapsulate, encapsulate, makeKemKeyPair } from "../../crypto/kem.ts";
import { microsecondsEach } from "./stopwatch.ts";

export type Primitives = {
  readonly sign: number;
  readonly verify: number;
  /** Of 600 bytes; opening takes as long. */
  readonly seal: number;
  /** Three of the handshake, a key pair for them, a KEM key pair and an encapsulation. */
  readonly firstContact: number;
  /** The same from the other side: three, and a decapsulation. */
  readonly firstContactTaken: number;
  /** A KEM key pair and an encapsulation. */
  readonly kemStep: number;
  readonly kemStepTaken: number;
};

const CALLS = 10;
const MESSAGE_BYTES = 600;

export function primitives(): Primitives {
  const { publicKey, privateKey } = sodium.crypto_sign_keypair();
  const message = random(MESSAGE_BYTES);
  const signature = sodium.crypto_sign_detached(message, privateKey);
  const [key, nonce] = [random(32), random(24)];
  const kem = makeKemKeyPair(random);
  const { ciphertext } = encapsulated(kem.publicKey);
  const [ours, theirs] = [makeDhKeyPair(random), makeDhKeyPair(random)];
  const each = (work: () => unknown): number => microsecondsEach(CALLS, () => void work()) / 1_000;
  const threeTimes = 3 * each(() => dh(ours.secretKey, theirs.publicKey));
  const kemStep = each(() => [makeKemKeyPair(random), encapsulated(kem.publicKey)]);
  const kemStepTaken = each(() => decapsulate(ciphertext, kem.secretKey));
  return {
    sign: each(() => sodium.crypto_sign_detached(message, privateKey)),
    verify: each(() => sodium.crypto_sign_verify_detached(signature, message, publicKey)),
    seal: each(() =>
      sodium.crypto_aead_xchacha20poly1305_ietf_encrypt(message, null, null, nonce, key),
    ),
    firstContact: threeTimes + each(() => makeDhKeyPair(random)) + kemStep,
    firstContactTaken: threeTimes + kemStepTaken,
    kemStep,
    kemStepTaken,
  };
}

function encapsulated(publicKey: Uint8Array): { readonly ciphertext: Uint8Array } {
  const made = encapsulate(publicKey, random);
  assert(made.ok, "a key that was just made");
  return made.value;
}
