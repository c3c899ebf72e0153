import { blake2b } from "@noble/hashes/blake2.js";
import { beforeAll, expect, test } from "vitest";

import { encodeLabelled } from "../../crypto/base/labels.ts";
import { ready } from "../../crypto/base/sodium.ts";
import { kdf, kdfPair } from "../../crypto/kdf.ts";
import { bytesOf, textOf } from "./people.ts";

beforeAll(() => ready);

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
