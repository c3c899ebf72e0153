import fc from "fast-check";
import { expect, test } from "vitest";

import {
  addOffsetSample,
  NO_SAMPLES,
  OFFSET_ALONE_MS_MAX,
  OFFSET_MS_MAX,
  OFFSET_OUTLIER_MS,
  OFFSET_RELAYS_MAX,
  OFFSET_SAMPLES_MAX,
  offsetOf,
  offsetSampleOf,
  type OffsetSamples,
} from "../../../sync/clock/offset.ts";

const samplesOf = (byRelay: Record<string, readonly number[]>): OffsetSamples =>
  Object.entries(byRelay)
    .flatMap(([relay, own]) => own.map((each) => [relay, each] as const))
    .reduce((samples, [relay, each]) => addOffsetSample(samples, relay, each), NO_SAMPLES);
const adopted = (offsetMs: number): unknown => ({ offsetMs, warning: false });
const REFUSED = { offsetMs: 0, warning: true };
const HOUR_MS = 3_600_000;

test("[CL8] a sample compares the relay's clock with the middle of the exchange", () => {
  const sample = { serverTimeMs: 5_100, sentAtMs: 1_000, receivedAtMs: 1_200 };
  expect(offsetSampleOf(sample)).toBe(4_000);
});

test("[CL8] without samples the device's clock stands", () => {
  expect(offsetOf(NO_SAMPLES)).toEqual(adopted(0));
});

test("[CL8] the median decides, and a few slow exchanges do not move it", () => {
  expect(offsetOf(samplesOf({ a: [100, 90, 110, 60_000, 105] }))).toEqual(adopted(100));
});

test("[CL8] samples over two seconds from the median are left out of it", () => {
  const far = OFFSET_OUTLIER_MS + 1;
  // With the two outliers it is 100.
  expect(offsetOf(samplesOf({ a: [0, 100, 100 + far, 100 + far, 50] }))).toEqual(adopted(50));
});

test("[CL8] each relay counts once, however much it says", () => {
  const loud = Array.from({ length: OFFSET_SAMPLES_MAX }, () => 9_000);
  expect(offsetOf(samplesOf({ loud, b: [10], c: [20] }))).toEqual(adopted(20));
});

test("[CL8] only the newest samples of a relay count", () => {
  const old = Array.from({ length: 100 }, () => 0);
  const fresh = Array.from({ length: OFFSET_SAMPLES_MAX }, () => 1_500);
  const samples = samplesOf({ a: [...old, ...fresh] });
  expect(samples["a"]).toHaveLength(OFFSET_SAMPLES_MAX);
  expect(offsetOf(samples)).toEqual(adopted(1_500));
});

test("[CL8] relays beyond the limit and samples that are no number change nothing", () => {
  const many = Array.from({ length: OFFSET_RELAYS_MAX }, (_, i) => [`relay ${i}`, [5]] as const);
  const full = samplesOf(Object.fromEntries(many));
  expect(addOffsetSample(full, "one more", 5)).toBe(full);
  expect(addOffsetSample(full, "relay 0", NaN)).toBe(full);
  expect(addOffsetSample(NO_SAMPLES, "a", Infinity)).toBe(NO_SAMPLES);
  // Two relays that agree on it would have every number of ours overflow.
  expect(addOffsetSample(NO_SAMPLES, "a", Number.MAX_SAFE_INTEGER)).toBe(NO_SAMPLES);
  expect(addOffsetSample(NO_SAMPLES, "a", -OFFSET_MS_MAX - 1)).toBe(NO_SAMPLES);
  expect(addOffsetSample(NO_SAMPLES, "a", OFFSET_MS_MAX)).toEqual({ a: [OFFSET_MS_MAX] });
  expect(addOffsetSample(NO_SAMPLES, "toString", 7)).toEqual({ toString: [7] });
});

test("[CL9] one relay alone moves the clock by five minutes at most", () => {
  expect(offsetOf(samplesOf({ a: [OFFSET_ALONE_MS_MAX] }))).toEqual(adopted(OFFSET_ALONE_MS_MAX));
  expect(offsetOf(samplesOf({ a: [OFFSET_ALONE_MS_MAX + 1] }))).toEqual(REFUSED);
  expect(offsetOf(samplesOf({ a: [-OFFSET_ALONE_MS_MAX - 1] }))).toEqual(REFUSED);
});

test("[CL9] two relays that agree move it as far as they say", () => {
  expect(offsetOf(samplesOf({ a: [HOUR_MS], b: [HOUR_MS + 500] }))).toEqual(adopted(HOUR_MS));
});

test("[CL10] two relays that contradict each other leave the clock where it is", () => {
  expect(offsetOf(samplesOf({ a: [0], b: [HOUR_MS] }))).toEqual(adopted(0));
  expect(offsetOf(samplesOf({ a: [0], b: [-HOUR_MS] }))).toEqual(adopted(0));
  expect(offsetOf(samplesOf({ a: [HOUR_MS], b: [3 * HOUR_MS] }))).toEqual(REFUSED);
});

test("[CL10] a lying relay among three honest ones changes little", () => {
  const honest = fc.integer({ min: -50, max: 50 });
  fc.assert(
    fc.property(fc.tuple(honest, honest, honest), fc.double(), ([a, b, c], lie) => {
      const { offsetMs, warning } = offsetOf(samplesOf({ a: [a], b: [b], c: [c], lie: [lie] }));
      expect(Math.abs(offsetMs)).toBeLessThanOrEqual(50);
      expect(warning).toBe(false);
    }),
  );
});
