import { expect, test } from "vitest";

import { KNOCKS_MAX, KNOCKS_MS, openKnocks } from "../../../sync/session/knocks.ts";

const HOME = "https://home.example";
const urlOf = (n: number): string => `https://relay-${n}.example`;

function doors() {
  let nowMs = 1_767_225_600_000;
  const knocks = openKnocks(HOME, { now: () => nowMs });
  const pass = (ms: number): void => void (nowMs += ms);
  const tried = (from: number, to: number): readonly number[] =>
    Array.from({ length: to - from }, (_, n) => from + n).filter((n) => knocks.mayKnock(urlOf(n)));
  return { knocks, pass, tried };
}

test("[SE30] few addresses are tried in an hour, and those as often as one likes", () => {
  const { tried, pass } = doors();
  expect(tried(0, 100)).toHaveLength(KNOCKS_MAX);
  expect(tried(0, 100)).toEqual(Array.from({ length: KNOCKS_MAX }, (_, n) => n));
  // Then it is the turn of others, and of each of the first more seldom.
  pass(KNOCKS_MS);
  expect(tried(0, 100)).toEqual(Array.from({ length: KNOCKS_MAX }, (_, n) => KNOCKS_MAX + n));
  pass(KNOCKS_MS);
  expect(tried(0, 10)).toHaveLength(10);
  pass(2 * KNOCKS_MS);
  expect(tried(0, 10)).toEqual([]);
});

test("[SE30] a relay that answers takes nobody's place, nor does our own", () => {
  const { knocks, tried } = doors();
  for (let n = 0; n < 5 * KNOCKS_MAX; n += 1) {
    expect(knocks.mayKnock(urlOf(n))).toBe(true);
    expect(knocks.isOpen(urlOf(n))).toBe(false);
    knocks.answered(urlOf(n));
    expect(knocks.isOpen(urlOf(n))).toBe(true);
  }
  expect(tried(0, 10)).toHaveLength(10);
  expect(knocks.mayKnock(HOME)).toBe(true);
  expect(tried(1_000, 1_100)).toHaveLength(KNOCKS_MAX);
  expect(knocks.mayKnock(HOME)).toBe(true);
});

test("[SE30] whoever had no way to any relay begins anew, and so does a clock that was set back", () => {
  const { knocks, tried, pass } = doors();
  expect(tried(0, 100)).toHaveLength(KNOCKS_MAX);
  knocks.forgive();
  expect(tried(50, 100)).toHaveLength(KNOCKS_MAX);
  pass(-10 * KNOCKS_MS);
  expect(tried(200, 300)).toHaveLength(KNOCKS_MAX);
});
