import { expect, test } from "vitest";

import { isRoster, isShown, KINDS } from "../../../sync/entry/kinds.ts";

test("[KI1] the numbers of kinds never change", () => {
  const numbers = Object.entries(KINDS).map(([name, { number }]) => [name, number]);
  expect(Object.fromEntries(numbers)).toEqual({
    message: 1,
    edit: 2,
    reaction: 3,
    delete: 4,
    pin: 5,
    vote: 6,
    meta: 7,
    system: 8,
    link: 9,
    logClose: 14,
    logOpen: 15,
    ydoc: 32,
    ydocSnapshot: 33,
    checkpoint: 40,
    mark: 48,
    contact: 49,
    deviceName: 50,
    ownName: 51,
    wordsKept: 52,
  });
});

test("[KI1] 16 to 31 are the roster's", () => {
  expect([15, 16, 31, 32].map(isRoster)).toEqual([false, true, true, false]);
});

test("[KI2] what says something of its own is shown, and so is what this version does not know", () => {
  const shown = Array.from({ length: 50 }, (_, kind) => kind).filter(isShown);
  const unknown = [0, 10, 11, 12, 13, 34, 35, 36, 37, 38, 39, 41, 42, 43, 44, 45, 46, 47];
  expect(shown).toEqual([1, 8, ...unknown].toSorted((a, b) => a - b));
  expect(isShown(65_535)).toBe(true);
});
