import { blake2b } from "@noble/hashes/blake2.js";
import { beforeAll, describe, expect, test } from "vitest";

import { encodeLabelled } from "../../crypto/base/labels.ts";
import { ready } from "../../crypto/base/sodium.ts";
import { dh, makeDhKeyPair } from "../../crypto/dh.ts";
import { kdf, kdfPair } from "../../crypto/kdf.ts";
import { decapsulate, encapsulate, isKemPublicKey, makeKemKeyPair } from "../../crypto/kem.ts";
import { verifyLabelled } from "../../crypto/public/verify.ts";
import { signKeyPairOf, signLabelled } from "../../crypto/sign.ts";
import { bytesOf, flipped, randomOf, textOf } from "./people.ts";

beforeAll(() => ready);

describe("kdf", () => {
  test("[KD1] is keyed BLAKE2b of the labelled encoding, each length a function of its own", () => {
    const key = bytesOf(32, 3);
    const encoded = encodeLabelled("tag", textOf("x"));
    for (const bytes of [4, 8, 16, 32, 64]) {
      expect(kdf(bytes, key, "tag", textOf("x"))).toEqual(blake2b(encoded, { key, dkLen: bytes }));
    }
    expect(Buffer.concat(kdfPair(key, "tag"))).toEqual(Buffer.from(kdf(64, key, "tag")));
    expect(() => kdf(65, key, "tag")).toThrow("1 to 64");
    expect(() => kdf(16, bytesOf(31, 3), "tag")).toThrow("key length");
  });
});

describe("X25519", () => {
  test("[DH1] both sides agree, and a key of low order is refused", () => {
    const [a, b] = [makeDhKeyPair(randomOf(1)), makeDhKeyPair(randomOf(2))];
    expect(dh(a.secretKey, b.publicKey)).toEqual(dh(b.secretKey, a.publicKey));
    for (const low of [bytesOf(32, 0), flipped(bytesOf(32, 0), 0)]) {
      expect(dh(a.secretKey, low)).toEqual({ ok: false, error: { type: "DhKeyInvalid" } });
    }
    expect(dh(a.secretKey, bytesOf(31, 1)).ok).toBe(false);
  });
});

describe("X-Wing", () => {
  test("[KE1] both sides get one secret", () => {
    const pair = makeKemKeyPair(randomOf(1));
    const sent = encapsulate(pair.publicKey, randomOf(2));
    if (!sent.ok) throw new Error(sent.error.type);
    expect(decapsulate(sent.value.ciphertext, pair.secretKey)).toEqual({
      ok: true,
      value: sent.value.sharedSecret,
    });
  });

  test("[KE2] a ciphertext that was altered yields another secret, never an error", () => {
    const pair = makeKemKeyPair(randomOf(1));
    const sent = encapsulate(pair.publicKey, randomOf(2));
    if (!sent.ok) throw new Error(sent.error.type);
    for (const at of [0, 500, 1_100]) {
      const got = decapsulate(flipped(sent.value.ciphertext, at), pair.secretKey);
      expect(got.ok && got.value).not.toEqual(sent.value.sharedSecret);
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
});

describe("Ed25519", () => {
  test("[SI1] a seed and its secret key sign alike, over the labelled hash of the parts", () => {
    const seed = bytesOf(32, 5);
    const { publicKey, secretKey } = signKeyPairOf(seed);
    const signature = signLabelled(secretKey, "card", textOf("x"));
    expect(signLabelled(seed, "card", textOf("x"))).toEqual(signature);
    expect(verifyLabelled(publicKey, signature, "card", textOf("x"))).toBe(true);
    for (let i = 0; i < 64; i++) {
      expect(verifyLabelled(publicKey, flipped(signature, i), "card", textOf("x"))).toBe(false);
    }
    expect(seed).toEqual(bytesOf(32, 5));
  });
});
