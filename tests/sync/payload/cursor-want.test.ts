import fc from "fast-check";
import { expect, test } from "vitest";

import { encodeCbor } from "../../../sync/cbor.ts";
import {
  type CursorWant,
  decodeCursorWant,
  encodeCursorWant,
} from "../../../sync/payload/cursor-want.ts";
import { bytesOf } from "../../crypto/people.ts";
import { decoderContract } from "../decoder.contract.ts";

decoderContract<CursorWant, CursorWant>("cursor want", {
  values: fc.record({ channel: fc.uint8Array({ minLength: 16, maxLength: 16 }) }),
  encode: encodeCursorWant,
  decode: decodeCursorWant,
});

test("[PL12] refuses what is no channel", () => {
  expect(decodeCursorWant(encodeCbor([bytesOf(15, 1)]))).toEqual({
    ok: false,
    error: { type: "ShapeWrong", at: "channel" },
  });
});
