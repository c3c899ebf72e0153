import fc from "fast-check";
import { expect, test } from "vitest";

import type { Run } from "../../../sync/backfill/run.ts";
import { encodeCbor } from "../../../sync/cbor.ts";
import { type Chunk, decodeChunk, encodeChunk } from "../../../sync/payload/chunk.ts";
import { CHUNK_RUNS_MAX } from "../../../sync/payload/limits.ts";
import { bytesOf } from "../../crypto/people.ts";
import { decoderContract } from "../decoder.contract.ts";

const RUN: Run = {
  log: bytesOf(16, 1),
  first: 2,
  prev: bytesOf(32, 2),
  hlcBefore: 7,
  items: [
    {
      ahead: 1,
      lag: 1,
      kind: 1,
      deps: [],
      auth: [],
      expire: null,
      salt: bytesOf(16, 3),
      body: bytesOf(5, 4),
      gone: null,
    },
  ],
  signature: null,
};

decoderContract<Chunk, Chunk>("chunk", {
  values: fc.record({
    channel: fc.uint8Array({ minLength: 16, maxLength: 16 }),
    read: fc.constant([{ log: bytesOf(16, 5), known: { floor: 3, ranges: [] } }]),
    writers: fc.array(fc.uint8Array({ minLength: 1, maxLength: 300 }), { maxLength: 3 }),
    runs: fc.array(fc.constant(RUN), { maxLength: 3 }),
    left: fc.maxSafeNat(),
  }),
  encode: encodeChunk,
  decode: decodeChunk,
});

test.each([
  [
    "too many writers",
    [bytesOf(16, 1), [], Array.from({ length: CHUNK_RUNS_MAX + 1 }, () => bytesOf(1, 1)), [], 0],
    "writers",
  ],
  ["an empty writer", [bytesOf(16, 1), [], [bytesOf(0, 0)], [], 0], "writers.0"],
  ["a count below zero", [bytesOf(16, 1), [], [], [], -1], "left"],
  [
    "a run without entries",
    [bytesOf(16, 1), [], [], [[bytesOf(16, 1), 1, null, 0, [], null]], 0],
    "runs.0.items",
  ],
])("[HY7] refuses %s", (_, fields, at) => {
  expect(decodeChunk(encodeCbor(fields as never))).toEqual({
    ok: false,
    error: { type: "ShapeWrong", at },
  });
});
