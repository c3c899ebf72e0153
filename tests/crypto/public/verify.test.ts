import { blake2b } from "@noble/hashes/blake2.js";
import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";

import { encodeLabelled } from "../../../crypto/base/labels.ts";
import { ready, sodium } from "../../../crypto/base/sodium.ts";
import { hash16, hash32, hashN } from "../../../crypto/public/hash.ts";
import { verifyLabelled } from "../../../crypto/public/verify.ts";

beforeAll(() => ready);

const part = Uint8Array.of(1, 2, 3);

test("[HA1] hashes are BLAKE2b of the labelled encoding, at their own output length", () => {
  const encoded = encodeLabelled("dev", part);
  expect(hash32("dev", part)).toEqual(blake2b(encoded, { dkLen: 32 }));
  expect(hash16("dev", part)).toEqual(blake2b(encoded, { dkLen: 16 }));
  expect(hashN(8, "dev", part)).toEqual(blake2b(encoded, { dkLen: 8 }));
});

test("[VE1] accepts a signature of exactly these parts under exactly this label and key", () => {
  const pair = sodium.crypto_sign_seed_keypair(new Uint8Array(32).fill(4));
  const good = sodium.crypto_sign_detached(hash32("card", part), pair.privateKey);
  expect(verifyLabelled(pair.publicKey, good, "card", part)).toBe(true);
  expect(verifyLabelled(pair.publicKey, good, "cert", part)).toBe(false);
  expect(verifyLabelled(pair.publicKey, good, "card", part, part)).toBe(false);
  expect(verifyLabelled(part, good, "card", part)).toBe(false);
});

test("[VE2] answers any key and signature, and never throws", () => {
  const any = fc.uint8Array({ maxLength: 70 });
  const sized = (n: number): fc.Arbitrary<Uint8Array> =>
    fc.uint8Array({ minLength: n, maxLength: n });
  fc.assert(
    fc.property(fc.oneof(any, sized(32)), fc.oneof(any, sized(64)), (key, signature) => {
      expect(verifyLabelled(key, signature, "card", part)).toBe(false);
    }),
  );
});

test("[VE3] refuses a key of small order, under which one signature fits all messages", () => {
  const key = new Uint8Array(32);
  key[0] = 1;
  const signature = new Uint8Array(64);
  signature[0] = 1;
  expect(verifyLabelled(key, signature, "card", part)).toBe(false);
});
