import fc from "fast-check";
import { expect, test } from "vitest";

import {
  CLOCK_AHEAD_MS_MAX,
  CLOCK_MS_MAX,
  floorOf,
  HEFF_AHEAD_MS_MAX,
  hEffOf,
  HLC_MAX,
  hlcOfMs,
  mergeHlc,
  msOf,
  nextHlc,
} from "../../../sync/clock/hlc.ts";

const NOW_MS = Date.parse("2026-11-21T12:00:00Z");
const DAY = hlcOfMs(HEFF_AHEAD_MS_MAX);
const YEARS = ["1970-01-01", "2038-01-19", "2099-12-31", "2262-04-11"].map((day) =>
  Date.parse(day),
);
const clocks = fc.oneof(
  fc.constantFrom(...YEARS, 0, -1, NaN, Infinity, -Infinity, Number.MAX_VALUE),
  fc.double(),
  fc.integer({ min: NOW_MS - 5_000, max: NOW_MS + 5_000 }),
);
const hlcs = fc.integer({ min: 1, max: HLC_MAX });

test("[CL1] an hlc is milliseconds and a counter", () => {
  expect(hlcOfMs(NOW_MS)).toBe(NOW_MS * 2_048);
  expect(msOf(hlcOfMs(NOW_MS) + 2_047)).toBe(NOW_MS);
  expect(msOf(hlcOfMs(NOW_MS) + 2_048)).toBe(NOW_MS + 1);
});

test("[CL2] it grows with every entry, whatever the device's clock does", () => {
  fc.assert(
    fc.property(fc.array(clocks, { maxLength: 50 }), (readings) => {
      let last = 0;
      for (const nowMs of readings) {
        const hlc = nextHlc({ last, channelMax: 0, nowMs });
        expect(Number.isSafeInteger(hlc)).toBe(true);
        expect(hlc).toBeGreaterThan(last);
        last = hlc;
      }
    }),
  );
});

test("[CL2] a frozen clock counts on, through a full counter into the milliseconds", () => {
  let last = 0;
  for (let i = 0; i < 5_000; i += 1) last = nextHlc({ last, channelMax: 0, nowMs: NOW_MS });
  expect(last).toBe(hlcOfMs(NOW_MS) + 4_999);
  expect(msOf(last)).toBe(NOW_MS + 2);
});

test("[CL2] a clock past the year 2100 counts as 2100, and can still send a billion entries", () => {
  const last = nextHlc({ last: 0, channelMax: 0, nowMs: Infinity });
  expect(msOf(last)).toBe(CLOCK_MS_MAX);
  expect(HLC_MAX - last).toBeGreaterThan(1e9);
});

test("[CL3] the next hlc is beyond everything that was seen in the channel", () => {
  const channelMax = hlcOfMs(NOW_MS + 30_000);
  expect(nextHlc({ last: 0, channelMax, nowMs: NOW_MS })).toBe(channelMax + 1);
  expect(nextHlc({ last: channelMax + 5, channelMax, nowMs: NOW_MS })).toBe(channelMax + 6);
  expect(nextHlc({ last: 1, channelMax: 1, nowMs: NOW_MS })).toBe(hlcOfMs(NOW_MS));
});

test("[CL4] a remote clock moves ours up to a minute ahead, a further one is flagged and does not", () => {
  const near = hlcOfMs(NOW_MS + CLOCK_AHEAD_MS_MAX) + 2_047;
  expect(mergeHlc(5, near, NOW_MS)).toEqual({ channelMax: near, clockAhead: false });
  expect(mergeHlc(5, near + 1, NOW_MS)).toEqual({ channelMax: 5, clockAhead: true });
  expect(mergeHlc(5, 3, NOW_MS)).toEqual({ channelMax: 5, clockAhead: false });
});

test("[CL4] no remote clock brings ours further than a minute, so that sending never fails", () => {
  fc.assert(
    fc.property(fc.array(hlcs), clocks, (remotes, nowMs) => {
      let channelMax = 0;
      for (const remote of remotes) ({ channelMax } = mergeHlc(channelMax, remote, nowMs));
      expect(channelMax).toBeLessThan(hlcOfMs(nowMs) + hlcOfMs(CLOCK_AHEAD_MS_MAX + 1));
      expect(nextHlc({ last: 0, channelMax, nowMs })).toBeGreaterThan(channelMax);
    }),
  );
});

test("[CL5] an entry stands after everything it names", () => {
  fc.assert(
    fc.property(
      hlcs,
      fc.array(fc.integer({ min: 1, max: HLC_MAX - 1 }), { minLength: 1 }),
      (h, c) => {
        const hEff = hEffOf(h, floorOf(c));
        for (const cause of c) expect(hEff).toBeGreaterThan(cause);
        expect(hEff).toBeLessThanOrEqual(HLC_MAX);
      },
    ),
  );
});

test("[CL6] an entry stands at most a day after the latest that it names", () => {
  const floor = hlcOfMs(NOW_MS);
  expect(hEffOf(floor + 7, floor)).toBe(floor + 7);
  expect(hEffOf(1, floor)).toBe(floor + 1);
  expect(hEffOf(floor + DAY, floor)).toBe(floor + DAY);
  expect(hEffOf(floor + DAY + 1, floor)).toBe(floor + DAY);
  expect(hEffOf(HLC_MAX, HLC_MAX)).toBe(HLC_MAX);
});

test("[CL7] an entry without causes stands at its own hlc", () => {
  expect(floorOf([])).toBe(0);
  fc.assert(fc.property(hlcs, (hlc) => hEffOf(hlc, 0) === hlc));
});

test("[CL7] honest answers to an entry from the future stand right after it", () => {
  const future = hEffOf(HLC_MAX - 10, 0);
  const { channelMax, clockAhead } = mergeHlc(hlcOfMs(NOW_MS), future, NOW_MS);
  expect(clockAhead).toBe(true);
  const answer = nextHlc({ last: 0, channelMax, nowMs: NOW_MS });
  expect(msOf(answer)).toBe(NOW_MS);
  expect(hEffOf(answer, floorOf([future]))).toBe(future + 1);
});
