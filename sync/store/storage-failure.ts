/** What a database's exception means to us. Names are those of Web IDL and of Dexie's wrappers. */
import { Dexie } from "dexie";

import { Bug } from "../../crypto/base/assert.ts";
import { StorageError, type StorageFailure } from "./store.ts";

/** Dexie wraps the browser's error, sometimes twice: an AbortError holds the QuotaExceededError. */
const INNER_DEPTH_MAX = 4;

const FAILURES: Readonly<Record<string, StorageFailure>> = {
  QuotaExceededError: "full",
  DatabaseClosedError: "gone",
  InvalidStateError: "gone",
  NoSuchDatabaseError: "gone",
  /** A table is missing: the database was deleted and made anew by somebody else. */
  NotFoundError: "gone",
};

/**
 * The error itself when it is none of a database: `work` threw it. A database that is not open after
 * it failed could not be opened again.
 */
export function storageErrorOf(error: unknown, isOpen: boolean): unknown {
  if (!isDatabaseError(error)) return error;
  const names = namesOf(error);
  if (names.includes("PrematureCommitError")) {
    return new Bug("a transaction awaits nothing but itself");
  }
  const [failure = isOpen ? "failed" : "gone"] = names.flatMap((name) => FAILURES[name] ?? []);
  return new StorageError(failure);
}

/** WebKit drops the connections of a page in the background; their next use says one of these. */
export const isConnectionLost = (error: unknown): boolean =>
  isDatabaseError(error) &&
  namesOf(error).some((name) => name === "UnknownError" || name === "InvalidStateError");

function isDatabaseError(error: unknown): error is Error {
  return error instanceof DOMException || error instanceof Dexie.DexieError;
}

function namesOf(error: Error): readonly string[] {
  const names: string[] = [];
  let inner: unknown = error;
  while (inner instanceof Error && names.length < INNER_DEPTH_MAX) {
    names.push(inner.name);
    inner = (inner as { inner?: unknown }).inner;
  }
  return names;
}
