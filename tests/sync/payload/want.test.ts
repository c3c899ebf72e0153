import fc from "fast-check";
import { expect, test } from "vitest";

import { type CborValue, encodeCbor } from "../../../sync/cbor.ts";
import { addKnown, holesOf, KNOWN_NOTHING } from "../../../sync/log/known.ts";
import { WANT_RANGES_MAX } from "../../../sync/payload/limits.ts";
import { decodeWant, encodeWant, type Want } from "../../../sync/payload/want.ts";
import { bytesOf } from "../../crypto/people.ts";
import { decoderContract } from "../decoder.contract.ts";

const bytes = fc.uint8Array({ minLength: 16, maxLength: 16 });

decoderContract<Want, Want>("want", {
  values: fc.record({
    channel: bytes,
    log: bytes,
    ranges: fc
      .array(fc.integer({ min: 1, max: 40 }), { maxLength: 20 })
      .map((held) => holesOf(held.reduce(addKnown, KNOWN_NOTHING), 41)),
  }),
  encode: encodeWant,
  decode: decodeWant,
});

const many = (count: number): CborValue =>
  Array.from({ length: count }, (_, i) => [2 * i + 1, 2 * i + 1]);

test.each<[string, CborValue, string]>([
  ["no ranges", [], "ranges"],
  ["too many ranges", many(WANT_RANGES_MAX + 1), "ranges"],
  [
    "ranges out of order",
    [
      [5, 6],
      [1, 2],
    ],
    "ranges",
  ],
  ["a range that ends before it begins", [[5, 4]], "ranges"],
  ["a range of texts", [["a", "b"]], "ranges.0.0"],
])("[PL8] refuses %s", (_, ranges, at) => {
  const want = encodeCbor([bytesOf(16, 1), bytesOf(16, 2), ranges]);
  expect(decodeWant(want)).toEqual({ ok: false, error: { type: "ShapeWrong", at } });
});

test("[PL8] asks for as many ranges as the limit, in one go", () => {
  const want = encodeCbor([bytesOf(16, 1), bytesOf(16, 2), many(WANT_RANGES_MAX)]);
  expect(decodeWant(want).ok).toBe(true);
});
