import fc from "fast-check";
import { expect, test } from "vitest";

import { encodeCbor } from "../../../sync/cbor.ts";
import { NACK_TAGS_MAX } from "../../../sync/payload/limits.ts";
import { decodeNack, encodeNack, type Nack } from "../../../sync/payload/nack.ts";
import { bytesOf } from "../../crypto/people.ts";
import { decoderContract } from "../decoder.contract.ts";

decoderContract<Nack, Nack>("nack", {
  values: fc.record({
    tags: fc.array(fc.uint8Array({ minLength: 16, maxLength: 16 }), {
      minLength: 1,
      maxLength: NACK_TAGS_MAX,
    }),
  }),
  encode: encodeNack,
  decode: decodeNack,
});

test.each([
  ["no tags", [], "tags"],
  ["too many tags", Array.from({ length: NACK_TAGS_MAX + 1 }, () => bytesOf(16, 1)), "tags"],
  ["a tag of 8 bytes", [bytesOf(8, 1)], "tags.0"],
])("[PL7] refuses %s", (_, tags, at) => {
  const error = { type: "ShapeWrong", at };
  expect(decodeNack(encodeCbor([tags]))).toEqual({ ok: false, error });
});
