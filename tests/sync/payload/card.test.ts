import fc from "fast-check";
import { expect, test } from "vitest";

import { encodeCbor } from "../../../sync/cbor.ts";
import { decodeCardPayload, encodeCardPayload } from "../../../sync/payload/card.ts";
import { CARD_BYTES_MAX } from "../../../sync/payload/limits.ts";
import { bytesOf } from "../../crypto/people.ts";
import { decoderContract } from "../decoder.contract.ts";

decoderContract("card", {
  values: fc.record({ card: fc.uint8Array({ minLength: 1, maxLength: CARD_BYTES_MAX }) }),
  encode: encodeCardPayload,
  decode: decodeCardPayload,
});

test("[PL5] refuses a card of no bytes, and one over its bound", () => {
  const error = { type: "ShapeWrong", at: "card" };
  for (const length of [0, CARD_BYTES_MAX + 1]) {
    const decoded = decodeCardPayload(encodeCbor([bytesOf(length, 1)]));
    expect(decoded).toEqual({ ok: false, error });
  }
});
