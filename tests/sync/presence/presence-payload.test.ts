import fc from "fast-check";
import { expect, test } from "vitest";

import { decodePresence, encodePresence } from "../../../sync/presence/presence-payload.ts";
import { decoderContract } from "../decoder.contract.ts";

decoderContract("presence payload", {
  values: fc.record({ isOnline: fc.boolean(), seenMs: fc.maxSafeNat() }),
  encode: encodePresence,
  decode: decodePresence,
});

test.each([
  ["another version", "02010000000000000000"],
  ["a third state", "01020000000000000000"],
  ["a time beyond 2^53", "0101ffffffffffffffff"],
  ["nothing", ""],
])("[PS1] %s is malformed", (_, hex) => {
  const decoded = decodePresence(Uint8Array.from(Buffer.from(hex, "hex")));
  expect(decoded).toEqual({ ok: false, error: { type: "PresenceMalformed" } });
});
