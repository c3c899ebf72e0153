import { expect, test } from "vitest";

import type { Line } from "../../../../app/db/lines.ts";
import { itemsOf, standingOf } from "../../../../app/features/conversation/grouping.ts";
import type { EntryRow } from "../../../../sync/store/rows.ts";
import { entry } from "../../db/rows.ts";

const noon = new Date(2026, 10, 22, 12).getTime();
const at = (minutes: number, row: Parameters<typeof entry>[1] = {}) =>
  entry(1, { writtenAtMs: noon + minutes * 60_000, ...row });

/** Log 3 is of another device of whoever writes log 1. */
const authorOf = (a: number): string => (a === 3 ? "1" : `${a}`);
const standing = (row: EntryRow, before: EntryRow | undefined) => standingOf(row, before, authorOf);

test("[AGR1] one author within five minutes is one group", () => {
  expect(standing(at(4), at(0)).startsGroup).toBe(false);
  expect(standing(at(6), at(0)).startsGroup).toBe(true);
  expect(standing(at(1, { own: true }), at(0)).startsGroup).toBe(true);
  expect(standing(at(1, { a: 2 }), at(0)).startsGroup).toBe(true);
  expect(standing(at(1, { a: 3 }), at(0)).startsGroup).toBe(false);
  // After what the group told of itself.
  expect(standing(at(1), at(0, { kind: 17 })).startsGroup).toBe(true);
  // Two devices of our own are one author to us.
  expect(standing(at(1, { own: true, a: 2 }), at(0, { own: true })).startsGroup).toBe(false);
});

test("[AGR2] the first of a day carries the day, and begins a group", () => {
  expect(standing(at(0), undefined)).toEqual({ startsDay: true, startsGroup: true });
  expect(standing(at(12 * 60), at(12 * 60 - 1))).toEqual({ startsDay: true, startsGroup: true });
  expect(standing(at(1), at(0)).startsDay).toBe(false);
});

const add = (account: string, by = "ann", invite: string | null = null): Line => ({
  type: "op",
  by,
  act: { type: "add", account, role: "member", floor: 0, invite },
});
const lineRow = (id: string, minutes: number): EntryRow =>
  entry(1, { id, kind: 17, writtenAtMs: noon + minutes * 60_000 });

test("[AGR3] who added several in a row did it in one line", () => {
  const rows = ["a", "b", "c", "d", "e"].map((id, i) => lineRow(id, i));
  const lines = new Map([
    ["a", add("bob")],
    ["b", add("carol")],
    ["c", add("dave", "bob")],
    ["d", add("erin", "bob", "00")],
  ]);
  const sizes = itemsOf(rows, lines).map((it) => (it.type === "lines" ? it.lines.length : 0));
  // Of the last nothing is known, and by a link each comes alone.
  expect(sizes).toEqual([2, 1, 1]);
  const apart = itemsOf([lineRow("a", 0), lineRow("b", 6)], lines);
  expect(apart).toHaveLength(2);
  const between = itemsOf([lineRow("a", 0), entry(2), lineRow("b", 1)], lines);
  expect(between.map(({ type }) => type)).toEqual(["lines", "message", "lines"]);
});
