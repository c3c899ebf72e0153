import fc from "fast-check";
import { expect, test } from "vitest";

import { encodeCbor } from "../../../sync/cbor.ts";
import { type Backfill, decodeBackfill, encodeBackfill } from "../../../sync/payload/backfill.ts";
import {
  BACKFILL_LOGS_MAX,
  BACKFILL_RANGES_MAX,
  SESSION_BYTES_MAX,
} from "../../../sync/payload/limits.ts";
import { bytesOf } from "../../crypto/people.ts";
import { decoderContract } from "../decoder.contract.ts";

const bytes = (length: number): fc.Arbitrary<Uint8Array> =>
  fc.uint8Array({ minLength: length, maxLength: length });

decoderContract<Backfill, Backfill>("backfill", {
  values: fc.record({
    channel: bytes(16),
    held: fc.array(
      fc.record({
        log: bytes(16),
        known: fc.nat(9).map((floor) => ({ floor, ranges: [[floor + 2, floor + 5]] as never })),
      }),
      { maxLength: 5 },
    ),
  }),
  encode: encodeBackfill,
  decode: decodeBackfill,
});

const known = (ranges: number): unknown => [
  0,
  Array.from({ length: ranges }, (_, i) => [4_000_000_000 + i * 2, 4_000_000_000 + i * 2]),
];
const held = (logs: number, ranges: number): unknown =>
  Array.from({ length: logs }, () => [bytesOf(16, 1), known(ranges)]);

test.each([
  ["a short channel", bytesOf(15, 1), [], "channel"],
  ["too many logs", bytesOf(16, 1), held(BACKFILL_LOGS_MAX + 1, 0), "held"],
  ["too many ranges", bytesOf(16, 1), held(1, BACKFILL_RANGES_MAX + 1), "held.0.known.ranges"],
])("[HY6] refuses %s", (_, channel, logs, at) => {
  const decoded = decodeBackfill(encodeCbor([channel, logs] as never));
  expect(decoded).toEqual({ ok: false, error: { type: "ShapeWrong", at } });
});

test("[HY6] a question about as many logs and ranges as there may be fits a session message", () => {
  const full = encodeCbor([bytesOf(16, 1), held(BACKFILL_LOGS_MAX, BACKFILL_RANGES_MAX)] as never);
  expect(decodeBackfill(full).ok).toBe(true);
  expect(full.length).toBeLessThan(SESSION_BYTES_MAX);
});
