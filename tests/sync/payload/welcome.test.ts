import fc from "fast-check";
import { expect, test } from "vitest";

import { encodeCbor } from "../../../sync/cbor.ts";
import { WELCOME_ITEMS_MAX } from "../../../sync/payload/limits.ts";
import {
  decodeRosterWant,
  decodeWelcome,
  encodeRosterWant,
  encodeWelcome,
  type RosterWant,
  type Welcome,
} from "../../../sync/payload/welcome.ts";
import { bytesOf } from "../../crypto/people.ts";
import { decoderContract } from "../decoder.contract.ts";

const bytes = (length: number): fc.Arbitrary<Uint8Array> =>
  fc.uint8Array({ minLength: length, maxLength: length });
const some = fc.uint8Array({ minLength: 1, maxLength: 40 });

decoderContract<Welcome, Welcome>("welcome", {
  values: fc.record({
    channel: bytes(16),
    entries: fc.array(some, { maxLength: 3 }),
    introductions: fc.array(fc.record({ account: bytes(32), introduction: some }), {
      maxLength: 3,
    }),
    starts: fc.array(fc.record({ log: bytes(16), seq: fc.integer({ min: 1, max: 99 }) }), {
      maxLength: 3,
    }),
  }),
  encode: encodeWelcome,
  decode: decodeWelcome,
});

decoderContract<RosterWant, RosterWant>("rosterWant", {
  values: fc.record({ channel: bytes(16) }),
  encode: encodeRosterWant,
  decode: decodeRosterWant,
});

test("[GP9] refuses a welcome with more entries than its bound, or a start before the first", () => {
  const channel = bytesOf(16, 1);
  const many = Array.from({ length: WELCOME_ITEMS_MAX + 1 }, () => bytesOf(1, 2));
  expect(decodeWelcome(encodeCbor([channel, many, [], []]))).toEqual({
    ok: false,
    error: { type: "ShapeWrong", at: "entries" },
  });
  expect(decodeWelcome(encodeCbor([channel, [], [], [[bytesOf(16, 3), 0]]]))).toEqual({
    ok: false,
    error: { type: "ShapeWrong", at: "starts.0.seq" },
  });
});
