import { beforeAll, expect, test } from "vitest";

import { ready } from "../../crypto/base/sodium.ts";
import { decapsulate, encapsulate, isKemPublicKey, makeKemKeyPair } from "../../crypto/kem.ts";
import { bytesOf, flipped, randomOf, unwrap } from "./people.ts";

beforeAll(() => ready);

test("[KE1] both sides get one secret", () => {
  const pair = makeKemKeyPair(randomOf(1));
  const sent = unwrap(encapsulate(pair.publicKey, randomOf(2)));
  expect(decapsulate(sent.ciphertext, pair.secretKey)).toEqual({
    ok: true,
    value: sent.sharedSecret,
  });
});

test("[KE2] a ciphertext that was altered yields another secret, never an error", () => {
  const pair = makeKemKeyPair(randomOf(1));
  const sent = unwrap(encapsulate(pair.publicKey, randomOf(2)));
  for (const at of [0, 500, 1_100]) {
    const got = decapsulate(flipped(sent.ciphertext, at), pair.secretKey);
    expect(got.ok && got.value).not.toEqual(sent.sharedSecret);
    expect(got.ok).toBe(true);
  }
});

test("[KE3] refuses keys and ciphertexts of wrong length or with coefficients out of range", () => {
  const { publicKey, secretKey } = makeKemKeyPair(randomOf(1));
  expect(isKemPublicKey(publicKey)).toBe(true);
  for (const bad of [bytesOf(1_216, 255), publicKey.subarray(1), bytesOf(0, 0)]) {
    expect(isKemPublicKey(bad)).toBe(false);
  }
  expect(decapsulate(bytesOf(1_119, 1), secretKey).ok).toBe(false);
});
