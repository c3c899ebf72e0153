import fc from "fast-check";
import { expect, test } from "vitest";

import { pad, paddedLength, unpad } from "../../crypto/padding.ts";

test("[PA1] gives back every message, from 128 bytes upwards", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 9_000 }), (message) => {
      expect(pad(message).length).toBeGreaterThanOrEqual(128);
      expect(unpad(pad(message))).toEqual(message);
    }),
  );
});

test("[PA2] uses the buckets to 4096 and adds at most 12 % beyond", () => {
  const lengths = new Set(Array.from({ length: 4_096 }, (_, i) => paddedLength(i + 1)));
  expect([...lengths]).toEqual([128, 256, 512, 1_024, 2_048, 4_096]);
  fc.assert(
    fc.property(fc.integer({ min: 4_097, max: 2 ** 27 }), (length) => {
      expect(paddedLength(length)).toBeGreaterThanOrEqual(length);
      expect(paddedLength(length)).toBeLessThanOrEqual(length * 1.12);
      expect(paddedLength(paddedLength(length))).toBe(paddedLength(length));
    }),
  );
});

test("[PA3] refuses what padding never makes: no mark, or another length than its own", () => {
  expect(unpad(new Uint8Array(0))).toBeNull();
  expect(unpad(new Uint8Array(128))).toBeNull();
  expect(unpad(Uint8Array.from(pad(Uint8Array.of(1, 2)), (byte) => byte | 1))).toBeNull();
  const grown = new Uint8Array(256);
  grown.set(pad(Uint8Array.of(1, 2)));
  expect(unpad(grown)).toBeNull();
  fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => void unpad(bytes)));
});
