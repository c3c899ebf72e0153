import { Dexie } from "dexie";
import { expect, test } from "vitest";

import { Bug } from "../../../crypto/base/assert.ts";
import { isConnectionLost, storageErrorOf } from "../../../sync/store/storage-failure.ts";
import { StorageError } from "../../../sync/store/store.ts";

const dom = (name: string): DOMException => new DOMException("in words", name);

test.each([
  ["the browser's own quota error", dom("QuotaExceededError"), "full"],
  ["Dexie's", new Dexie.QuotaExceededError("x"), "full"],
  ["a quota error in an abort", new Dexie.AbortError("x", dom("QuotaExceededError")), "full"],
  ["a closed database", new Dexie.DatabaseClosedError("x"), "gone"],
  ["a closing connection", dom("InvalidStateError"), "gone"],
  ["a table that is not there any more", dom("NotFoundError"), "gone"],
  ["a second row of a unique index", dom("ConstraintError"), "failed"],
  ["an abort without a reason", new Dexie.AbortError("x"), "failed"],
  ["whatever else the browser says", dom("UnknownError"), "failed"],
] as const)("[ST8] says of %s what it means", (_, error, failure) => {
  expect(storageErrorOf(error, true)).toEqual(new StorageError(failure));
});

test("[ST8] what cannot be opened again is gone", () => {
  const error = new Dexie.AbortError("x");
  expect(storageErrorOf(error, false)).toEqual(new StorageError("gone"));
  const full = new Dexie.AbortError("x", dom("QuotaExceededError"));
  expect(storageErrorOf(full, false)).toEqual(new StorageError("full"));
});

test("[ST8] what `work` threw stays what it is", () => {
  for (const error of [new Error("changed my mind"), new Bug("no"), "text", undefined]) {
    expect(storageErrorOf(error, true)).toBe(error);
  }
});

test("[ST7] a transaction that awaited something else is a Bug", () => {
  expect(storageErrorOf(new Dexie.PrematureCommitError("x"), true)).toBeInstanceOf(Bug);
});

test("[ST8] an error that holds itself is read to a limit", () => {
  const endless = new Dexie.AbortError("x");
  endless.inner = endless;
  expect(storageErrorOf(endless, true)).toEqual(new StorageError("failed"));
});

test.each([
  [dom("UnknownError"), true],
  [dom("InvalidStateError"), true],
  [new Dexie.AbortError("x", dom("UnknownError")), true],
  [dom("ConstraintError"), false],
  [dom("QuotaExceededError"), false],
  [new Error("UnknownError"), false],
])("[ST8] knows a lost connection: %s %s", (error, lost) => {
  expect(isConnectionLost(error)).toBe(lost);
});
