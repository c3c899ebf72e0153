import { expect, test } from "vitest";

import {
  laterWindow,
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

test("[AWL4] goes on to what is newer without letting go of what it has, up to its limit", () => {
  const at = (s: number) => ({ h: s, b: 1, s });
  let window: Window = { upTo: at(100), count: 60, jump: 0 };
  window = laterWindow(window, at(160));
  expect(window).toEqual({ upTo: at(160), count: 120, jump: 0 });
  for (let i = 0; i < 3; i += 1) window = laterWindow(window, at(400));
  expect(window.count).toBe(WINDOW_MAX);
});

test("[AWL3] is the same where there is nothing older", () => {
  const window: Window = { upTo: null, count: WINDOW_FIRST, jump: 0 };
  expect(olderWindow(window, rowsTo(20, 20))).toBe(window);
});
