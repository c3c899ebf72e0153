import { expect, test } from "vitest";

import {
  olderWindow,
  WINDOW_FIRST,
  WINDOW_MAX,
  type Window,
} from "../../../../app/features/conversation/use-timeline.ts";
import { entry } from "../../db/rows.ts";

const rowsTo = (last: number, count: number) =>
  Array.from({ length: count }, (_, i) => entry(last - count + 1 + i));

test("[AWL3] grows to its limit, then slides towards the past", () => {
  let window: Window = { upTo: null, count: WINDOW_FIRST, jump: 0 };
  for (let i = 0; i < 4; i += 1) window = olderWindow(window, rowsTo(1_000, window.count));
  expect(window).toEqual({ upTo: null, count: WINDOW_MAX, jump: 0 });
  window = olderWindow(window, rowsTo(1_000, WINDOW_MAX));
  expect(window).toEqual({ upTo: { h: 940, b: 1, s: 940 }, count: WINDOW_MAX, jump: 0 });
  window = olderWindow(window, rowsTo(940, WINDOW_MAX));
  expect(window.upTo?.s).toBe(880);
});

test("[AWL3] is the same where there is nothing older", () => {
  const window: Window = { upTo: null, count: WINDOW_FIRST, jump: 0 };
  expect(olderWindow(window, rowsTo(20, 20))).toBe(window);
});
