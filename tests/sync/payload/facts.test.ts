import fc from "fast-check";
import { expect, test } from "vitest";

import { FACT_BYTES_MAX, FACTS_MAX } from "../../../crypto/identity/facts.ts";
import { encodeCbor } from "../../../sync/cbor.ts";
import { decodeFacts, encodeFacts, type Facts } from "../../../sync/payload/facts.ts";
import { bytesOf } from "../../crypto/people.ts";
import { decoderContract } from "../decoder.contract.ts";

decoderContract<Facts, Facts>("facts", {
  values: fc.record({
    facts: fc.array(fc.uint8Array({ minLength: 1, maxLength: 300 }), {
      minLength: 1,
      maxLength: 20,
    }),
  }),
  encode: encodeFacts,
  decode: decodeFacts,
});

test.each([
  ["no facts", [], "facts"],
  ["too many facts", Array.from({ length: FACTS_MAX + 1 }, () => bytesOf(1, 1)), "facts"],
  ["an empty fact", [bytesOf(0, 0)], "facts.0"],
  ["a fact over its bound", [bytesOf(1, 1), bytesOf(FACT_BYTES_MAX + 1, 1)], "facts.1"],
])("[PL5] refuses %s", (_, facts, at) => {
  const error = { type: "ShapeWrong", at };
  expect(decodeFacts(encodeCbor([facts]))).toEqual({ ok: false, error });
});
