import { expect, test } from "vitest";

import { standingOf } from "../../../../app/features/conversation/grouping.ts";
import { entry } from "../../db/rows.ts";

const noon = new Date(2026, 10, 22, 12).getTime();
const at = (minutes: number, row: Parameters<typeof entry>[1] = {}) =>
  entry(1, { writtenAtMs: noon + minutes * 60_000, ...row });

test("[AGR1] one author within five minutes is one group", () => {
  expect(standingOf(at(4), at(0)).startsGroup).toBe(false);
  expect(standingOf(at(6), at(0)).startsGroup).toBe(true);
  expect(standingOf(at(1, { own: true }), at(0)).startsGroup).toBe(true);
  expect(standingOf(at(1, { a: 2 }), at(0)).startsGroup).toBe(true);
  // Two devices of our own are one author to us.
  expect(standingOf(at(1, { own: true, a: 2 }), at(0, { own: true })).startsGroup).toBe(false);
});

test("[AGR2] the first of a day carries the day, and begins a group", () => {
  expect(standingOf(at(0), undefined)).toEqual({ startsDay: true, startsGroup: true });
  expect(standingOf(at(12 * 60), at(12 * 60 - 1))).toEqual({ startsDay: true, startsGroup: true });
  expect(standingOf(at(1), at(0)).startsDay).toBe(false);
});
