import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect, test } from "vitest";

import { fsyncMsOf } from "../../../relay/store/fsync-probe.ts";

test("[FP1] tells the median of some syncs, and leaves nothing behind, on any disk", () => {
  const folder = mkdtempSync(join(tmpdir(), "kith-probe-"));
  // Every second look at the clock is after a sync; the third sync takes a second.
  const steps = Array.from({ length: 30 }, (_, at) => (at % 2 === 0 ? 10 : at === 5 ? 1_000 : 4));
  let nowMs = 0;
  const clock = (): number => (nowMs += steps.shift() ?? 0);
  expect(fsyncMsOf(folder, clock)).toBe(4);
  expect(readdirSync(folder)).toEqual([]);
  rmSync(folder, { recursive: true });
  expect(fsyncMsOf(folder, clock)).toBe(0);
});
