import { expect, test } from "vitest";

import { isUnread, readVectorOf } from "../../../app/db/unread.ts";
import { entry, log, THEM } from "./rows.ts";

const vector = readVectorOf([log(1, { account: THEM, read: { floor: 3, ranges: [[6, 7]] } })]);

test("[AUN1] an own message is never unread", () => {
  expect(isUnread(entry(9, { own: true }), vector)).toBe(false);
});

test("[AUN2] one in a hole of what was read is unread, like one of an unknown log", () => {
  expect([3, 4, 6, 8].map((s) => isUnread(entry(s), vector))).toEqual([false, true, false, true]);
  expect(isUnread(entry(1, { a: 2 }), vector)).toBe(true);
});

test("[AUN4] what a group tells of itself is never unread", () => {
  expect(isUnread(entry(9), vector)).toBe(true);
  expect(isUnread(entry(9, { kind: 17 }), vector)).toBe(false);
  expect(isUnread(entry(9, { kind: 7 }), vector)).toBe(false);
});
