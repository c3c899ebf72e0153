import fc from "fast-check";
import { expect, test } from "vitest";

import { Bug } from "../../../crypto/base/assert.ts";
import { HLC_MAX, nextHlc } from "../../../sync/clock/hlc.ts";
import { parsePublicId, PUBLIC_ID_CHARS, publicIdOf } from "../../../sync/entry/public-id.ts";
import { SEQ_MAX } from "../../../sync/log/known.ts";
import { filled } from "./signed-entry.ts";

const logs = fc.uint8Array({ minLength: 16, maxLength: 16 });
const hlcs = fc.integer({ min: 1, max: HLC_MAX });
const seqs = fc.integer({ min: 1, max: SEQ_MAX });
const INVALID = { ok: false, error: { type: "PublicIdInvalid" } };

test("[PI1] an id is 26 characters, and tells hlc, log and seq again", () => {
  fc.assert(
    fc.property(hlcs, logs, seqs, (hlc, log, seq) => {
      const id = publicIdOf(hlc, log, seq);
      expect(id).toMatch(/^[0-9A-HJKMNP-TV-Z]{26}$/u);
      expect(parsePublicId(id)).toEqual({
        ok: true,
        value: { hlc, logHead: log.slice(0, 5), seq },
      });
    }),
  );
});

test("[PI1] the largest values fit", () => {
  const id = publicIdOf(HLC_MAX, filled(16, 0xff), SEQ_MAX);
  expect(parsePublicId(id)).toEqual({
    ok: true,
    value: { hlc: HLC_MAX, logHead: filled(5, 0xff), seq: SEQ_MAX },
  });
});

test("[PI2] ids of one device sort as they were written, across channels and on any clock", () => {
  const writing = fc.record({
    log: logs,
    seq: seqs,
    nowMs: fc.oneof(
      fc.constantFrom(0, -1, Date.parse("2038-01-19")),
      fc.integer({ min: 1_795_262_400_000, max: 1_795_262_400_010 }),
    ),
    channelMax: fc.integer({ min: 0, max: 2 ** 50 }),
  });
  fc.assert(
    fc.property(fc.array(writing, { minLength: 2, maxLength: 30 }), (written) => {
      let last = 0;
      const ids = written.map(({ log, seq, nowMs, channelMax }) => {
        last = nextHlc({ last, channelMax, nowMs });
        return publicIdOf(last, log, seq);
      });
      expect(ids.toSorted()).toEqual(ids);
      expect(new Set(ids).size).toBe(ids.length);
    }),
  );
});

test("[PI2] ids sort by time before anything else", () => {
  fc.assert(
    fc.property(hlcs, hlcs, logs, logs, seqs, seqs, (h1, h2, l1, l2, s1, s2) => {
      fc.pre(h1 < h2);
      expect(publicIdOf(h1, l1, s1) < publicIdOf(h2, l2, s2)).toBe(true);
    }),
  );
});

test("[PI3] an id that somebody copied by hand is read", () => {
  const id = publicIdOf(2 ** 50, filled(16, 0), 1);
  expect(parsePublicId(id.toLowerCase().replaceAll("0", "o"))).toEqual(parsePublicId(id));
});

test.each([
  ["nothing", ""],
  ["one character too few", "0".repeat(PUBLIC_ID_CHARS - 1)],
  ["one character too many", "0".repeat(PUBLIC_ID_CHARS + 1)],
  ["a letter that is none of ours", `${"0".repeat(PUBLIC_ID_CHARS - 1)}U`],
  ["bits that mean nothing", `${publicIdOf(1, filled(16, 0), 1).slice(0, -1)}5`],
  ["hlc 0", `${"0".repeat(PUBLIC_ID_CHARS - 1)}4`],
  ["seq 0", publicIdOf(1, filled(16, 0), 4).replace(/.{2}$/u, "00")],
  ["an hlc over 2^53 - 1", "Z".repeat(PUBLIC_ID_CHARS - 1) + "W"],
])("[PI3] refuses %s", (_, text) => {
  expect(parsePublicId(text)).toEqual(INVALID);
});

test("[PI3] refuses any other text without throwing", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 40 }), (text) => {
      const parsed = parsePublicId(text);
      expect(parsed.ok ? text.length : parsed).toEqual(parsed.ok ? PUBLIC_ID_CHARS : INVALID);
    }),
  );
});

test.each<[string, number, Uint8Array, number]>([
  ["an hlc of 0", 0, filled(16, 1), 1],
  ["a log id of 15 bytes", 1, filled(15, 1), 1],
  ["seq 0", 1, filled(16, 1), 0],
])("[PI1] %s is our mistake", (_, hlc, log, seq) => {
  expect(() => publicIdOf(hlc, log, seq)).toThrow(Bug);
});
