import fc from "fast-check";
import { expect, test } from "vitest";

import { type CborValue, encodeCbor } from "../../../sync/cbor.ts";
import { addKnown, KNOWN_NOTHING } from "../../../sync/log/known.ts";
import { BACKFILL_LOGS_MAX, VECTOR_FORKS_MAX } from "../../../sync/payload/limits.ts";
import { decodeVector, encodeVector, type Vector } from "../../../sync/payload/vector.ts";
import { bytesOf } from "../../crypto/people.ts";
import { decoderContract } from "../decoder.contract.ts";

const bytes = (length: number): fc.Arbitrary<Uint8Array> =>
  fc.uint8Array({ minLength: length, maxLength: length });
const known = fc
  .array(fc.integer({ min: 1, max: 40 }), { maxLength: 20 })
  .map((held) => held.reduce(addKnown, KNOWN_NOTHING));
const entry = fc.uint8Array({ minLength: 1, maxLength: 60 });

decoderContract<Vector, Vector>("vector", {
  values: fc.record({
    channel: bytes(16),
    asks: fc.boolean(),
    logs: fc.array(
      fc.record({ log: bytes(16), known, head: fc.nat({ max: 2 ** 32 - 1 }), hash8: bytes(8) }),
      { maxLength: 4 },
    ),
    forks: fc.array(fc.record({ first: entry, second: entry }), { maxLength: VECTOR_FORKS_MAX }),
  }),
  encode: encodeVector,
  decode: decodeVector,
});

const log: CborValue = [bytesOf(16, 2), [3, []], 3, bytesOf(8, 4)];
const fork: CborValue = [bytesOf(9, 5), bytesOf(9, 6)];
const many = (value: CborValue, count: number): CborValue =>
  Array.from({ length: count }, () => value);

test.each<[string, CborValue, string]>([
  ["too many logs", [bytesOf(16, 1), true, many(log, BACKFILL_LOGS_MAX + 1), []], "logs"],
  ["too many proofs", [bytesOf(16, 1), false, [], many(fork, VECTOR_FORKS_MAX + 1)], "forks"],
  ["what is neither a question nor an answer", [bytesOf(16, 1), 1, [], []], "asks"],
  [
    "a short hash",
    [bytesOf(16, 1), true, [[bytesOf(16, 2), [3, []], 3, bytesOf(7, 4)]], []],
    "logs.0.hash8",
  ],
])("[PL10] refuses %s", (_, vector, at) => {
  const decoded = decodeVector(encodeCbor(vector));
  expect(decoded).toEqual({ ok: false, error: { type: "ShapeWrong", at } });
});

test("[PL10] a full one is read", () => {
  const full = [
    bytesOf(16, 1),
    true,
    many(log, BACKFILL_LOGS_MAX),
    many(fork, VECTOR_FORKS_MAX),
  ] as CborValue;
  expect(decodeVector(encodeCbor(full)).ok).toBe(true);
});
