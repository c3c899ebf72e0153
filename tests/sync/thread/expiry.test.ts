import fc from "fast-check";
import { expect, test } from "vitest";

import { expiryOf, nextExpiry, type Perishable, revised } from "../../../sync/thread/expiry.ts";
import type { ExpiryRow } from "../../../sync/thread/rows.ts";

const IT: Perishable = {
  lifetimeMs: 1_000,
  from: "read",
  own: false,
  hereSinceMs: 50_000,
  readAtMs: null,
};

test("[MO23] what others wrote counts from when it was read, or from when it came", () => {
  expect(expiryOf(IT)).toBeNull();
  expect(expiryOf({ ...IT, readAtMs: 60_000 })).toEqual({ at: 61_000, lifetimeMs: 1_000 });
  expect(expiryOf({ ...IT, from: "sent" })).toEqual({ at: 51_000, lifetimeMs: 1_000 });
});

test("[MO23] what we wrote counts from when we wrote it", () => {
  expect(expiryOf({ ...IT, own: true })).toEqual({ at: 51_000, lifetimeMs: 1_000 });
  expect(expiryOf({ ...IT, own: true, from: "sent" })?.at).toBe(51_000);
});

test("[MO24] after a clock was set back nothing lives longer than its lifetime from now", () => {
  const row = { at: 51_000, lifetimeMs: 1_000 };
  expect(revised(row, 50_500)).toBe(row);
  expect(revised(row, 10)).toEqual({ at: 1_010, lifetimeMs: 1_000 });
});

test("[MO25] the sweeper is told what is due and when to come again", () => {
  const row = (n: number, at: number): ExpiryRow => ({ n, at, lifetimeMs: 400, c: 1, a: 1, s: n });
  const rows = [row(1, 500), row(2, 1_000), row(3, 1_200), row(4, 1_100)];
  const { due, nextAtMs } = nextExpiry(rows, 1_000);
  expect(due.map(({ n }) => n)).toEqual([1, 2]);
  expect(nextAtMs).toBe(1_100);
  expect(nextExpiry([], 1_000)).toEqual({ due: [], nextAtMs: null });
});

test("[MO25] everything is due in the end, and nothing before its time", () => {
  const rows = fc.array(
    fc.record({ at: fc.nat(100_000), lifetimeMs: fc.integer({ min: 1, max: 5_000 }) }),
    { maxLength: 20 },
  );
  fc.assert(
    fc.property(rows, fc.nat(100_000), (all, nowMs) => {
      const { due, nextAtMs } = nextExpiry(all, nowMs);
      expect(due.every(({ at }) => at <= nowMs)).toBe(true);
      expect(due.length).toBe(all.filter(({ at }) => at <= nowMs).length);
      expect(nextAtMs === null).toBe(due.length === all.length);
      if (nextAtMs === null) return;
      expect(nextAtMs).toBeGreaterThan(nowMs);
      expect(nextAtMs).toBeLessThanOrEqual(nowMs + 5_000);
    }),
  );
});
