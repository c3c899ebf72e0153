import fc from "fast-check";
import { expect, test } from "vitest";

import { Bug } from "../../../crypto/base/assert.ts";
import { encodeCbor } from "../../../sync/cbor.ts";
import {
  decodeEntries,
  encodeEntries,
  type Entries,
  entriesThatFit,
} from "../../../sync/payload/entries.ts";
import { ENTRIES_BYTES_MAX, ENTRIES_MAX, SESSION_BYTES_MAX } from "../../../sync/payload/limits.ts";
import { ENTRY_BYTES_MAX } from "../../../sync/wire/limits.ts";
import { bytesOf } from "../../crypto/people.ts";
import { decoderContract } from "../decoder.contract.ts";

decoderContract<Entries, Entries>("entries", {
  values: fc.record({
    entries: fc.array(fc.uint8Array({ minLength: 1, maxLength: 300 }), {
      minLength: 1,
      maxLength: 20,
    }),
  }),
  encode: encodeEntries,
  decode: decodeEntries,
});

const half = bytesOf(ENTRIES_BYTES_MAX / 2, 1);

test.each([
  ["no entries", [], "entries"],
  ["too many entries", Array.from({ length: ENTRIES_MAX + 1 }, () => bytesOf(1, 1)), "entries"],
  ["an empty entry", [bytesOf(0, 0)], "entries.0"],
  ["an entry over its bound", [bytesOf(ENTRY_BYTES_MAX + 1, 1)], "entries.0"],
  ["more bytes than the limit", [half, half, bytesOf(1, 1)], ""],
])("[PL9] refuses %s", (_, entries, at) => {
  const error = { type: "ShapeWrong", at };
  expect(decodeEntries(encodeCbor([entries]))).toEqual({ ok: false, error });
});

test("[PL9] full of entries, it still fits a session message", () => {
  const entries = Array.from({ length: ENTRIES_MAX }, () =>
    bytesOf(ENTRIES_BYTES_MAX / ENTRIES_MAX, 1),
  );
  expect(encodeEntries({ entries }).length).toBeLessThan(SESSION_BYTES_MAX);
  expect(() => encodeEntries({ entries: [...entries, bytesOf(1, 1)] })).toThrow(Bug);
});

test("[PL9] takes the first entries that fit, so that all go in a few turns", () => {
  const entry = fc.integer({ min: 1, max: ENTRY_BYTES_MAX }).map((length) => bytesOf(length, 1));
  fc.assert(
    fc.property(fc.array(entry, { minLength: 1, maxLength: 80 }), (entries) => {
      const fit = entriesThatFit(entries);
      expect(fit.length).toBeGreaterThan(0);
      expect(entries.slice(0, fit.length)).toEqual(fit);
      const bytes = fit.reduce((sum, each) => sum + each.length, 0);
      expect(bytes).toBeLessThanOrEqual(ENTRIES_BYTES_MAX);
      const next = entries[fit.length];
      const isFull = next === undefined || bytes + next.length > ENTRIES_BYTES_MAX;
      expect(isFull || fit.length === ENTRIES_MAX).toBe(true);
    }),
  );
});
