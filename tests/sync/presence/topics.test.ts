import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";

import { ready } from "../../../crypto/base/sodium.ts";
import { topicOf, TURN_MS, weeksAt } from "../../../sync/presence/topics.ts";

beforeAll(() => ready);

const WEEK_MS = 7 * 86_400_000;

test("[PS2] one week counts, and both around the change", () => {
  const change = 2_800 * WEEK_MS;
  expect(weeksAt(change - TURN_MS - 1)).toEqual([2_799]);
  expect(weeksAt(change - TURN_MS)).toEqual([2_799, 2_800]);
  expect(weeksAt(change + TURN_MS - 1)).toEqual([2_799, 2_800]);
  expect(weeksAt(change + TURN_MS)).toEqual([2_800]);
  expect(weeksAt(0)).toEqual([0]);
});

test("[PS2] two clocks that differ by less than a day have a week in common", () => {
  fc.assert(
    fc.property(
      fc.nat({ max: 10 ** 13 }),
      fc.integer({ min: 1 - 2 * TURN_MS, max: 2 * TURN_MS - 1 }),
      (nowMs, skewMs) => {
        const theirs = weeksAt(Math.max(0, nowMs + skewMs));
        expect(weeksAt(nowMs).some((week) => theirs.includes(week))).toBe(true);
      },
    ),
  );
});

test("[PS2] each device, key and week has a topic of its own", () => {
  const fill = (length: number, value: number): Uint8Array => new Uint8Array(length).fill(value);
  const topics = [
    topicOf(fill(32, 1), fill(16, 1), 1),
    topicOf(fill(32, 1), fill(16, 1), 2),
    topicOf(fill(32, 1), fill(16, 2), 1),
    topicOf(fill(32, 2), fill(16, 1), 1),
  ];
  expect(new Set(topics.map((topic) => Buffer.from(topic).toString("hex"))).size).toBe(4);
});
