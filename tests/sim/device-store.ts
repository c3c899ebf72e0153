/**
 * A device's store under test: the memory store, whose commits are watched, may fail as a full disk
 * does, take their time, and be the last thing that the device ever did.
 */
import type { MemoryStore, Snapshot } from "../../sync/store/memory-store.ts";
import type { Rows, TableName } from "../../sync/store/rows.ts";
import { type Key, StorageError, type Store, type WriteTx } from "../../sync/store/store.ts";
import { TABLES } from "../../sync/store/tables.ts";

/** One row of a committed write; `row` undefined: deleted, and `before` is what stood there. */
export type Change = {
  readonly [T in TableName]: {
    readonly table: T;
    readonly row: Rows[T] | undefined;
    readonly before: Rows[T] | undefined;
  };
}[TableName];

export type DeviceStoreOptions = {
  readonly memory: MemoryStore;
  readonly isAlive: () => boolean;
  /** After a commit, before anybody is told of it. */
  readonly committed: (changes: readonly Change[]) => void;
  /** The device may die here: it throws nothing, `isAlive` says no afterwards. */
  readonly atCommit: (moment: "beforeCommit" | "afterCommit") => void;
  readonly isFull: () => boolean;
  /** Settles when a commit's time is over. */
  readonly pause: () => Promise<void>;
};

/** What a dead device awaits. */
const NEVER = new Promise<never>(() => undefined);
/** Undoes the write of a device that died in it. */
const DIED = new Error("died");

export interface DeviceStore extends Store {
  readonly snapshot: () => Snapshot;
}

export function openDeviceStore(options: DeviceStoreOptions): DeviceStore {
  const { memory: store, isAlive, committed, atCommit, isFull, pause } = options;
  return {
    snapshot: store.snapshot,
    read: async (names, work) => {
      if (!isAlive()) return await NEVER;
      const result = await store.read(names, work);
      return isAlive() ? result : await NEVER;
    },
    write: async (names, work) => {
      if (!isAlive()) return await NEVER;
      let changes: Change[] = [];
      try {
        const result = await store.write(names, async (tx) => {
          changes = [];
          const value = await work(watched(tx, changes));
          if (isFull() && changes.length > 0) throw new StorageError("full");
          atCommit("beforeCommit");
          if (!isAlive()) throw DIED;
          return value;
        });
        committed(changes);
        atCommit("afterCommit");
        if (!isAlive()) return await NEVER;
        await pause();
        return isAlive() ? result : await NEVER;
      } catch (error) {
        if (!isAlive()) return await NEVER;
        throw error;
      }
    },
    [Symbol.asyncDispose]: () => store[Symbol.asyncDispose](),
  };
}

function watched(tx: WriteTx, changes: Change[]): WriteTx {
  return {
    ...tx,
    put: async (table, row) => {
      const key = await tx.put(table, row);
      const { generated, primary } = TABLES[table];
      const numbered = generated === true ? { ...row, [primary[0] ?? ""]: key } : row;
      changes.push({ table, row: numbered, before: undefined } as Change);
      return key;
    },
    putAll: async (table, rows) => {
      await tx.putAll(table, rows);
      for (const row of rows) changes.push({ table, row, before: undefined } as Change);
    },
    delete: async (table, key: Key) => {
      const before = await tx.get(table, key);
      await tx.delete(table, key);
      changes.push({ table, row: undefined, before } as Change);
    },
  };
}
