import fc from "fast-check";
import { expect, test } from "vitest";

import { encodeCbor } from "../../../sync/cbor.ts";
import { type CardWant, decodeCardWant, encodeCardWant } from "../../../sync/payload/card-want.ts";
import { CARDS_WANTED_MAX } from "../../../sync/payload/limits.ts";
import { bytesOf } from "../../crypto/people.ts";
import { decoderContract } from "../decoder.contract.ts";

decoderContract<CardWant, CardWant>("card want", {
  values: fc.record({
    accounts: fc.array(fc.uint8Array({ minLength: 32, maxLength: 32 }), {
      minLength: 1,
      maxLength: CARDS_WANTED_MAX,
    }),
  }),
  encode: encodeCardWant,
  decode: decodeCardWant,
});

test("[PL11] refuses none, too many, and what is no account", () => {
  const errorOf = (accounts: readonly Uint8Array[]): unknown =>
    decodeCardWant(encodeCbor([accounts]));
  const wrong = (at: string): unknown => ({ ok: false, error: { type: "ShapeWrong", at } });
  expect(errorOf([])).toEqual(wrong("accounts"));
  const many = Array.from({ length: CARDS_WANTED_MAX + 1 }, () => bytesOf(32, 1));
  expect(errorOf(many)).toEqual(wrong("accounts"));
  expect(errorOf([bytesOf(31, 1)])).toEqual(wrong("accounts.0"));
});
