import fc from "fast-check";
import { expect, test } from "vitest";

import { Bug } from "../../crypto/base/assert.ts";
import { fromHex } from "../../crypto/base/hex.ts";
import { CBOR_DEPTH_MAX, type CborValue, decodeCbor, encodeCbor } from "../../sync/cbor.ts";
import { decoderContract } from "./decoder.contract.ts";

const cborValues: fc.Arbitrary<CborValue> = fc.letrec<{ value: CborValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: CBOR_DEPTH_MAX, depthSize: "small" },
    fc.constant(null),
    fc.boolean(),
    fc.maxSafeInteger().map((n) => n + 0),
    fc.string({ unit: "grapheme" }).filter((text) => !text.startsWith("\uFEFF")),
    fc.uint8Array({ maxLength: 300 }),
    fc.array(tie("value"), { maxLength: 5 }),
  ),
})).value;

decoderContract("CBOR", { values: cborValues, encode: encodeCbor, decode: decodeCbor });

const bytesOf = (hex: string): Uint8Array => {
  const bytes = fromHex(hex);
  if (!bytes.ok) throw new Error(hex);
  return bytes.value;
};
const refusal = (hex: string): unknown => {
  const decoded = decodeCbor(bytesOf(hex));
  return decoded.ok ? decoded.value : decoded.error.type;
};

test("[CB1] whatever decodes has one encoding: the bytes it came from", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
      const decoded = decodeCbor(bytes);
      expect(decoded.ok ? encodeCbor(decoded.value) : bytes).toEqual(bytes);
    }),
    { numRuns: 5_000 },
  );
});

test("[CB1] an encoding is a plain array that shares its buffer with nothing", () => {
  for (let length = 0; length < 700; length += 1) {
    const bytes = encodeCbor([1, "two", new Uint8Array(length)]);
    expect(bytes.constructor).toBe(Uint8Array);
    expect(bytes.buffer.byteLength).toBe(bytes.length);
  }
});

test.each([
  ["an integer in more bytes than it needs", "1801", "CborMalformed"],
  ["a length in more bytes than it needs", "580100", "CborMalformed"],
  ["a list without a length", "9f01ff", "CborMalformed"],
  ["a float that is an integer", "fb3ff0000000000000", "CborNotCanonical"],
  ["a text that is no UTF-8", "62c328", "CborNotCanonical"],
  ["a text with a lone surrogate in it", "63eda080", "CborNotCanonical"],
  ["a text with a BOM in front", "64efbbbf61", "CborNotCanonical"],
])("[CB2] refuses %s", (_, hex, error) => {
  expect(refusal(hex)).toBe(error);
});

test.each([
  ["a map", "a0"],
  ["a map of one", "a16161 01".replace(" ", "")],
  ["a fraction", "fb3ff8000000000000"],
  ["infinity", "f97c00"],
  ["a tag", "c100"],
  ["undefined", "f7"],
  ["an integer over 2^53 - 1", "1b0020000000000000"],
  ["bytes that end early", "4401"],
  ["two values", "0102"],
  ["nothing", ""],
])("[CB3] refuses %s", (_, hex) => {
  expect(refusal(hex)).toBe("CborMalformed");
});

test("[CB4] sixteen arrays may lie within each other, a seventeenth may not", () => {
  const nested = (depth: number): Uint8Array =>
    Uint8Array.from([...Array.from({ length: depth }, () => 0x81), 0x00]);
  expect(decodeCbor(nested(CBOR_DEPTH_MAX)).ok).toBe(true);
  const tooDeep = { ok: false, error: { type: "CborTooDeep", limit: CBOR_DEPTH_MAX } };
  expect(decodeCbor(nested(CBOR_DEPTH_MAX + 1))).toEqual(tooDeep);
});

test("[CB4] a bomb of nested arrays is refused, not felt", () => {
  const bomb = new Uint8Array(1_000_000).fill(0x81);
  bomb[bomb.length - 1] = 0;
  expect(decodeCbor(bomb)).toMatchObject({ ok: false, error: { type: "CborTooDeep" } });
});

test("[CB4] a list that claims four billion items costs nothing", () => {
  expect(refusal("9affffffff00")).toBe("CborMalformed");
});

test.each([
  ["a fraction", 1.5],
  ["an unsafe integer", 2 ** 53],
  ["a lone surrogate", "\uD800"],
  ["a leading BOM", "\uFEFFhi"],
])("[CB1] to encode %s is our mistake", (_, value) => {
  expect(() => encodeCbor([value])).toThrow(Bug);
});
