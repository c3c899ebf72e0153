import fc from "fast-check";
import { expect, test } from "vitest";

import { encodeCbor } from "../../../sync/cbor.ts";
import { type Cards, decodeCards, encodeCards } from "../../../sync/payload/cards.ts";
import { CARDS_WANTED_MAX, INTRODUCTION_BYTES_MAX } from "../../../sync/payload/limits.ts";
import { bytesOf } from "../../crypto/people.ts";
import { decoderContract } from "../decoder.contract.ts";

decoderContract<Cards, Cards>("cards", {
  values: fc.record({
    introductions: fc.array(fc.uint8Array({ maxLength: 200 }), {
      minLength: 1,
      maxLength: CARDS_WANTED_MAX,
    }),
  }),
  encode: encodeCards,
  decode: decodeCards,
});

test("[PL11] refuses none, too many, and one that is too long", () => {
  const errorOf = (introductions: readonly Uint8Array[]): unknown =>
    decodeCards(encodeCbor([introductions]));
  const wrong = (at: string): unknown => ({ ok: false, error: { type: "ShapeWrong", at } });
  expect(errorOf([])).toEqual(wrong("introductions"));
  const many = Array.from({ length: CARDS_WANTED_MAX + 1 }, () => bytesOf(9, 1));
  expect(errorOf(many)).toEqual(wrong("introductions"));
  expect(errorOf([bytesOf(INTRODUCTION_BYTES_MAX + 1, 1)])).toEqual(wrong("introductions.0"));
});
