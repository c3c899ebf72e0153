/**
 * Where a device keeps everything: a few tables with atomic, durable transactions.
 *
 * Contract, run by tests/contract/store.contract.ts against every implementation:
 *   [ST1] `write` is atomic: when `work` throws, nothing of it is seen by anybody.
 *   [ST2] `write` is durable when its promise settles: a power cut after that loses nothing of it.
 *   [ST3] Writes run one after the other; a transaction sees its own writes.
 *   [ST4] `range` returns rows in the order of the index, ties in the order of the primary key.
 *   [ST5] An index listed as unique refuses a second row: `put` throws, nothing of the write stays,
 *         even when `work` swallowed the error. So it is with every operation that failed.
 *   [ST6] Rows are values: changing an object that was put or returned changes nothing in the store.
 *   [ST7] Touching a table that the transaction did not name is a Bug.
 *   [ST8] A failure of the medium surfaces as `StorageError`, from `read` or `write` alone.
 *
 * `work` may await nothing but its own transaction (IndexedDB commits as soon as it idles); the
 * cryptography that runs in between is synchronous for that reason. It may run a second time when
 * the connection turned out to be lost at its first operation: before that it changes nothing outside.
 */
import type { Rows, TableName } from "./rows.ts";

/** A key of a table or an index: compound keys are arrays and compare element by element. */
export type Key = number | string | readonly (number | string)[];

/** Both ends are included; a missing end is open. Compound keys may be given by a prefix. */
export type Range = {
  readonly lower?: Key;
  readonly upper?: Key;
  /** From the upper end downwards. */
  readonly reverse?: boolean;
  readonly limit?: number;
};

export interface ReadTx {
  /** The row of that primary key. */
  readonly get: <T extends TableName>(table: T, key: Key) => Promise<Rows[T] | undefined>;
  /** The first row in `index` (a name of `TABLES[table].indexes`, or "primary") equal to `key`. */
  readonly find: <T extends TableName>(
    table: T,
    index: string,
    key: Key,
  ) => Promise<Rows[T] | undefined>;
  readonly range: <T extends TableName>(
    table: T,
    index: string,
    range: Range,
  ) => Promise<readonly Rows[T][]>;
  /** How many rows `range` would return. */
  readonly count: (table: TableName, index: string, range: Range) => Promise<number>;
}

export interface WriteTx extends ReadTx {
  /** Inserts or replaces by primary key. For a table with a generated key: leave it out to insert. */
  readonly put: <T extends TableName>(table: T, row: Rows[T]) => Promise<Key>;
  /** Many rows with their primary keys, in this order, and much faster than one after the other. */
  readonly putAll: <T extends TableName>(table: T, rows: readonly Rows[T][]) => Promise<void>;
  readonly delete: (table: TableName, key: Key) => Promise<void>;
}

export interface Store extends AsyncDisposable {
  readonly read: <R>(tables: readonly TableName[], work: (tx: ReadTx) => Promise<R>) => Promise<R>;
  readonly write: <R>(
    tables: readonly TableName[],
    work: (tx: WriteTx) => Promise<R>,
  ) => Promise<R>;
}

/** `full`: no room (quota); `gone`: deleted or closed underneath us; `failed`: any other refusal. */
export type StorageFailure = "full" | "gone" | "failed";

/**
 * The medium said no. Thrown, not returned: every call can fail this way, an IndexedDB transaction
 * is aborted by throwing, and the answer is one for all (stop acknowledging, tell the person), given
 * where the engine runs its jobs. Carries no row and no key.
 */
export class StorageError extends Error {
  override readonly name = "StorageError";
  readonly failure: StorageFailure;

  constructor(failure: StorageFailure, options?: ErrorOptions) {
    super(`storage ${failure}`, options);
    this.failure = failure;
  }
}
