import fc from "fast-check";
import { expect, test } from "vitest";

import { type CborValue, encodeCbor } from "../../../sync/cbor.ts";
import {
  decodeJoin,
  decodeJoinAnswer,
  encodeJoin,
  encodeJoinAnswer,
  type Join,
  JOIN_ANSWERS,
  type JoinAnswer,
} from "../../../sync/payload/join.ts";
import { bytesOf } from "../../crypto/people.ts";
import { decoderContract } from "../decoder.contract.ts";

const bytes = (length: number): fc.Arbitrary<Uint8Array> =>
  fc.uint8Array({ minLength: length, maxLength: length });

decoderContract<Join, Join>("join", {
  values: fc.record({ channel: bytes(16), tag: bytes(16), proof: bytes(32) }),
  encode: encodeJoin,
  decode: decodeJoin,
});

decoderContract<JoinAnswer, JoinAnswer>("joinAnswer", {
  values: fc.record({
    channel: bytes(16),
    tag: bytes(16),
    answer: fc.constantFrom(...JOIN_ANSWERS),
  }),
  encode: encodeJoinAnswer,
  decode: decodeJoinAnswer,
});

test.each<[string, CborValue, string]>([
  ["no proof", [bytesOf(16, 1), bytesOf(16, 2)], ""],
  ["a short proof", [bytesOf(16, 1), bytesOf(16, 2), bytesOf(16, 3)], "proof"],
  ["a long tag", [bytesOf(16, 1), bytesOf(32, 2), bytesOf(32, 3)], "tag"],
])("[GL9] refuses a wish with %s", (_, fields, at) => {
  expect(decodeJoin(encodeCbor(fields))).toEqual({ ok: false, error: { type: "ShapeWrong", at } });
});

test("[GL12] refuses an answer that nobody gives", () => {
  const answer = encodeCbor([bytesOf(16, 1), bytesOf(16, 2), 4]);
  expect(decodeJoinAnswer(answer)).toEqual({
    ok: false,
    error: { type: "ShapeWrong", at: "answer" },
  });
});
