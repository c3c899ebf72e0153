/**
 * What a transaction may do, the same for every store: it touches the tables that it named [ST7], in
 * its lifetime, with keys that are keys; and once an operation failed it cannot commit any more, even
 * when `work` swallowed the error [ST5].
 */
import { assert } from "../../crypto/base/assert.ts";
import { assertRange, type Fields, indexOf, isKey, primaryKeyOf } from "./keys.ts";
import type { Rows, TableName } from "./rows.ts";
import type { Key, Range, WriteTx } from "./store.ts";
import { type IndexShape, TABLES } from "./tables.ts";

/** What a store can do to its tables, arguments checked; it may throw or reject. */
export interface Tables {
  readonly get: (table: TableName, key: Key) => unknown;
  readonly range: (table: TableName, index: IndexShape, range: Range) => unknown;
  readonly count: (table: TableName, index: IndexShape, range: Range) => number | Promise<number>;
  /** `key` is the row's own, if it has one already. Answers the row's primary key. */
  readonly put: (table: TableName, row: Fields, key: Key | undefined) => Key | Promise<Key>;
  /** All of them have their primary keys. */
  readonly putAll: (table: TableName, rows: readonly Fields[]) => void | Promise<void>;
  readonly delete: (table: TableName, key: Key) => void | Promise<void>;
}

export type Scope = {
  readonly tx: WriteTx;
  /** Call it when `work` is done: no operation is taken afterwards. Throws the first failure. */
  readonly end: () => void;
};

export function openScope(
  mode: "read" | "write",
  names: readonly TableName[],
  tables: Tables,
): Scope {
  assert(names.length > 0, "a transaction names its tables");
  let open = true;
  const failures: unknown[] = [];

  const attempt = async <R>(table: TableName, run: () => R | Promise<R>): Promise<R> => {
    try {
      assert(open, "a transaction is used while it lasts");
      assert(names.includes(table), `the transaction named ${table}`);
      return await run();
    } catch (failure) {
      failures.push(failure);
      throw failure;
    }
  };
  const rangeOf = async (table: TableName, index: string, range: Range): Promise<unknown> =>
    attempt(table, () => {
      assertRange(range);
      return tables.range(table, indexOf(table, index), range);
    });

  return {
    tx: {
      get: async <T extends TableName>(table: T, key: Key) =>
        attempt(table, () => {
          assertPrimaryKey(table, key);
          return tables.get(table, key) as Promise<Rows[T] | undefined>;
        }),
      find: async <T extends TableName>(table: T, index: string, key: Key) => {
        const found = await rangeOf(table, index, { lower: key, upper: key, limit: 1 });
        return (found as readonly Rows[T][])[0];
      },
      range: async <T extends TableName>(table: T, index: string, range: Range) =>
        (await rangeOf(table, index, range)) as readonly Rows[T][],
      count: async (table, index, range) =>
        attempt(table, () => {
          assertRange(range);
          return tables.count(table, indexOf(table, index), range);
        }),
      put: async (table, row) =>
        attempt(table, () => {
          assert(mode === "write", "a read writes nothing");
          return tables.put(table, row, primaryKeyOf(table, row));
        }),
      putAll: async (table, rows) =>
        attempt(table, () => {
          assert(mode === "write", "a read writes nothing");
          const isKeyed = rows.every((row) => primaryKeyOf(table, row) !== undefined);
          assert(isKeyed, "rows that are put together have their keys");
          return tables.putAll(table, rows);
        }),
      delete: async (table, key) =>
        attempt(table, () => {
          assert(mode === "write", "a read deletes nothing");
          assertPrimaryKey(table, key);
          return tables.delete(table, key);
        }),
    },
    end: () => {
      open = false;
      if (failures.length > 0) throw failures[0];
    },
  };
}

/** A whole one: a prefix names no row. */
function assertPrimaryKey(table: TableName, key: Key): void {
  const parts = typeof key === "object" ? key.length : 0;
  const { length } = TABLES[table].primary;
  assert(isKey(key) && parts === (length === 1 ? 0 : length), `a primary key of ${table}`);
}
