import { expect, test } from "vitest";

import { Bug } from "../../crypto/base/assert.ts";
import { figure, median, percentile } from "./figure.ts";

test("[FG1] a budget is kept up to and including its value", () => {
  expect(figure("a", 5, "ms", 5).held).toBe(true);
  expect(figure("a", 5.01, "ms", 5).held).toBe(false);
  expect(figure("a", 5, "ms")).toEqual({
    name: "a",
    value: 5,
    unit: "ms",
    budget: null,
    held: null,
  });
});

test("[FG2] what was not measured is no figure", () => {
  expect(() => figure("a", Number.NaN, "ms")).toThrow(Bug);
  expect(() => median([])).toThrow(Bug);
});

test("[FG3] a percentile is a sample that so many do not exceed", () => {
  const samples = Array.from({ length: 100 }, (_, at) => 100 - at);
  expect(percentile(samples, 95)).toBe(95);
  expect(percentile(samples, 100)).toBe(100);
  expect(median([3, 1, 2])).toBe(2);
  expect(percentile([7], 1)).toBe(7);
});
