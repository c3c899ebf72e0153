import { beforeAll, expect, test } from "vitest";

import { ready } from "../../crypto/base/sodium.ts";
import { verifyLabelled } from "../../crypto/public/verify.ts";
import { signKeyPairOf, signLabelled } from "../../crypto/sign.ts";
import { bytesOf, flipped, textOf } from "./people.ts";

beforeAll(() => ready);

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
