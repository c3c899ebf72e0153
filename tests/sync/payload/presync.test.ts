import fc from "fast-check";
import { expect, test } from "vitest";

import { encodeCbor } from "../../../sync/cbor.ts";
import { decodePresync, encodePresync } from "../../../sync/payload/presync.ts";
import { decoderContract } from "../decoder.contract.ts";

decoderContract("presync", {
  values: fc.record({
    channels: fc.array(
      fc.record({
        channel: fc.uint8Array({ minLength: 16, maxLength: 16 }),
        entries: fc.maxSafeNat(),
      }),
      { maxLength: 20 },
    ),
  }),
  encode: encodePresync,
  decode: decodePresync,
});

test.each([
  ["no list", [null]],
  ["a channel's id that is too short", [[[new Uint8Array(15), 1]]]],
  ["a negative number", [[[new Uint8Array(16), -1]]]],
])("[OD16] refuses %s", (_, body) => {
  expect(decodePresync(encodeCbor(body)).ok).toBe(false);
});
