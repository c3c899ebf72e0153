import { expect, test } from "vitest";

import { OPENED_ROWS_MAX, OpenedRows } from "../../../sync/store/opened-rows.ts";

const RECORD = Uint8Array.of(1, 2, 3);

test("[SL6] gives a row for the bytes and the place that it was opened from, and no others", () => {
  const rows = new OpenedRows();
  const row = rows.keep("[1]", RECORD, { c: 1 });
  expect(rows.get("[1]", RECORD.slice())).toBe(row);
  expect(rows.get("[1]", Uint8Array.of(1, 2, 4))).toBeUndefined();
  expect(rows.get("[1]", Uint8Array.of(1, 2))).toBeUndefined();
  expect(rows.get("[2]", RECORD)).toBeUndefined();
});

test("[SL6] forgets the oldest row when there are too many", () => {
  const rows = new OpenedRows();
  for (let c = 0; c <= OPENED_ROWS_MAX; c += 1) rows.keep(`[${c}]`, RECORD, { c });
  expect(rows.get("[0]", RECORD)).toBeUndefined();
  expect(rows.get("[1]", RECORD)).toEqual({ c: 1 });
  expect(rows.get(`[${OPENED_ROWS_MAX}]`, RECORD)).toEqual({ c: OPENED_ROWS_MAX });
});

test("[SL7] nobody can change what the next reading gets", () => {
  const rows = new OpenedRows();
  const row = rows.keep("[1]", RECORD, { c: 1 }) as { c: number };
  expect(() => {
    row.c = 2;
  }).toThrow(TypeError);
  expect(rows.get("[1]", RECORD)).toEqual({ c: 1 });
});
