import { beforeAll, expect, test } from "vitest";

import { ready } from "../../crypto/base/sodium.ts";
import { dh, makeDhKeyPair } from "../../crypto/dh.ts";
import { bytesOf, flipped, randomOf } from "./people.ts";

beforeAll(() => ready);

test("[DH1] both sides agree, and a key of low order is refused", () => {
  const [a, b] = [makeDhKeyPair(randomOf(1)), makeDhKeyPair(randomOf(2))];
  expect(dh(a.secretKey, b.publicKey)).toEqual(dh(b.secretKey, a.publicKey));
  for (const low of [bytesOf(32, 0), flipped(bytesOf(32, 0), 0)]) {
    expect(dh(a.secretKey, low)).toEqual({ ok: false, error: { type: "DhKeyInvalid" } });
  }
  expect(dh(a.secretKey, bytesOf(31, 1)).ok).toBe(false);
});
