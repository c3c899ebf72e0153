/**
 * The store of a device: IndexedDB through Dexie, every row sealed (sealing.ts), every transaction
 * strictly durable (database.ts). Only the engine opens it; tabs read by dexie-reader.ts.
 */
import { Dexie, type Collection, type Transaction } from "dexie";

import { type DatabaseOptions, openDatabase } from "./database.ts";
import type { Fields } from "./keys.ts";
import type { TableName } from "./rows.ts";
import { indexPath } from "./schema.ts";
import { openScope, type Tables } from "./scope.ts";
import { isConnectionLost, storageErrorOf } from "./storage-failure.ts";
import type { Key, Range, Store, WriteTx } from "./store.ts";
import type { IndexShape } from "./tables.ts";

/** A list that begins with a list: no key of ours comes after it. */
const AFTER_ALL: readonly unknown[] = [[]];

export type DexieStore = { readonly store: Store; readonly db: Dexie };

/** Makes the database when there is none. Rejects with a `StorageError`. */
export async function openDexieStore(options: DatabaseOptions): Promise<DexieStore> {
  // No live query runs in the engine: nothing to cache.
  const db = await openDatabase(options, "disabled");
  let turn: Promise<unknown> = Promise.resolve();

  return {
    db,
    store: {
      read: (names, work) => transact(db, "read", names, work),
      write: (names, work) => {
        // IndexedDB would run writes of different tables side by side, and settle them in any order.
        const done = turn.then(() => transact(db, "write", names, work));
        turn = done.catch(() => undefined);
        return done;
      },
      [Symbol.asyncDispose]: async () => {
        await turn;
        db.close();
      },
    },
  };
}

async function transact<R>(
  db: Dexie,
  mode: "read" | "write",
  names: readonly TableName[],
  work: (tx: WriteTx) => Promise<R>,
): Promise<R> {
  let answers = 0;
  const run = async (): Promise<R> =>
    db.transaction(mode === "read" ? "r!" : "rw!", names, async (transaction) => {
      const tables = tablesOf(transaction, () => answers++);
      const scope = openScope(mode, names, tables);
      const result = await work(scope.tx);
      scope.end();
      return result;
    });
  try {
    return await run().catch((error: unknown) => {
      // Once something was answered, `work` may have done something: it does not run twice.
      if (answers > 0 || !isConnectionLost(error)) throw error;
      db.close({ disableAutoOpen: false });
      return run();
    });
  } catch (error) {
    throw storageErrorOf(error, db.isOpen());
  }
}

function tablesOf(transaction: Transaction, answered: () => void): Tables {
  const tableOf = (name: TableName) => transaction.table<Fields, Key>(name);
  const answer = <T>(value: T): T => {
    answered();
    return value;
  };
  return {
    get: (name, key) => tableOf(name).get(key).then(answer),
    range: (name, index, range) =>
      collectionOf(transaction, name, index, range).toArray().then(answer),
    count: (name, index, range) =>
      collectionOf(transaction, name, index, range).count().then(answer),
    // A copy: Dexie writes a generated key into the object that it is given.
    put: (name, row) =>
      tableOf(name)
        .put({ ...row })
        .then(answer),
    putAll: async (name, rows) => {
      await tableOf(name).bulkPut([...rows]);
      answered();
    },
    delete: (name, key) => tableOf(name).delete(key).then(answer),
  };
}

function collectionOf(
  transaction: Transaction,
  name: TableName,
  index: IndexShape,
  { lower = Dexie.minKey, upper, reverse, limit }: Range,
): Collection<Fields, Key> {
  const table = transaction.table<Fields, Key>(name);
  const end: unknown = typeof upper === "object" ? [...upper, AFTER_ALL] : upper;
  const all = table.where(indexPath(index)).between(lower, end ?? AFTER_ALL, true, true);
  const turned = reverse ? all.reverse() : all;
  return limit === undefined ? turned : turned.limit(limit);
}
