import { readFileSync } from "node:fs";
import { join } from "node:path";

import { expect, test } from "vitest";

import { CLOSE } from "../../../sync/wire/close-codes.ts";
import { ERROR_CODES } from "../../../sync/wire/error-frame.ts";
import { CODECS } from "../../../sync/wire/frames.ts";
import { PROBLEM_STATUS } from "../../../sync/wire/http.ts";
import { PUT_STATUS_CODES } from "../../../sync/wire/ok-frame.ts";

const page = readFileSync(join(import.meta.dirname, "../../../docs/protocol/wire.md"), "utf8");
/** Rows of the page's tables, cell by cell, without the marks around words. */
const rows = page
  .split("\n")
  .filter((line) => line.startsWith("| "))
  .map((line) => line.split("|").map((cell) => cell.replaceAll("`", "").trim()));
const hasRow = (...cells: readonly string[]): boolean =>
  rows.some((row) => cells.every((cell, at) => row[at + 1] === cell));

test.each(Object.entries(CLOSE))("[WD1] the page has the close code %s %i", (name, code) => {
  expect(hasRow(`${code}`, name)).toBe(true);
});

test.each(Object.entries(ERROR_CODES))("[WD1] the page has the error %s %i", (name, code) => {
  expect(hasRow(`${code}`, name)).toBe(true);
});

test.each(Object.entries(PUT_STATUS_CODES))("[WD1] the page has the status %s %i", (name, code) => {
  expect(hasRow(name, `${code}`)).toBe(true);
});

test.each(Object.entries(CODECS))("[WD1] the page has the frame %s", (name, { code }) => {
  const hex = code.toString(16).toUpperCase().padStart(2, "0");
  expect(hasRow(hex, name.toUpperCase())).toBe(true);
});

test.each(Object.entries(PROBLEM_STATUS))(
  "[WD1] the page has the problem %s %i",
  (name, status) => {
    expect(hasRow(name, `${status}`)).toBe(true);
  },
);
