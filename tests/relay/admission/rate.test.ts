import { expect, test } from "vitest";

import { RateLimiter, takeFrom } from "../../../relay/admission/rate.ts";

const rate = { perSecond: 10, burst: 3 };

test("[GC1] lets a burst pass, then one every tenth of a second", () => {
  const limiter = new RateLimiter<string>(rate);
  expect([1, 2, 3, 4].map(() => limiter.take("a", 1, 0))).toEqual([0, 0, 0, 100]);
  expect(limiter.take("b", 1, 0)).toBe(0);
  expect(limiter.take("a", 1, 99)).toBe(1);
  expect(limiter.take("a", 1, 100)).toBe(0);
  expect([1, 2, 3, 4].map(() => limiter.take("a", 1, 10_000))).toEqual([0, 0, 0, 100]);
});

test("[GC2] lets one piece that is larger than the burst pass when all is quiet", () => {
  const limiter = new RateLimiter<string>(rate);
  expect(limiter.take("a", 30, 0)).toBe(0);
  expect(limiter.take("a", 1, 1_000)).toBeGreaterThan(0);
  expect(limiter.take("a", 1, 3_000)).toBe(0);
});

test("[GC3] forgets what a clock that jumped back would make it wait for", () => {
  const { arrivalMs } = takeFrom(rate, 0, 3, 10 ** 12);
  expect(takeFrom(rate, arrivalMs, 1, 0).waitMs).toBe(0);
});

test("[GC4] keeps no more keys than it may", () => {
  const limiter = new RateLimiter<number>(rate, 10);
  for (let key = 0; key < 1_000; key += 1) limiter.take(key, 3, 0);
  // The oldest were forgotten, so they may start again; the newest were not.
  expect([limiter.take(999, 1, 0) > 0, limiter.take(0, 1, 0)]).toEqual([true, 0]);
});
