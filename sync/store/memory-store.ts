/**
 * A store that forgets on exit: for tests, and for the simulator, which needs it quick, able to stop
 * at any moment, and without chance. Beyond the contract of store.ts:
 *   [MS1] A snapshot and the store that it was taken from go separate ways.
 *   [MS2] It holds what was committed; taken in the middle of a write, nothing of that write.
 *   [MS3] It is plain data, which may be cloned into another thread.
 *   [MS4] Every wait in here is a microtask: equal calls make equal histories.
 *   [MS5] Whoever changes no row that they are given may have the store's own, which costs no copies.
 *
 * Each index is a list of items, sorted by its key and then by the primary key. Rows in it are
 * private copies that nobody changes, hence a snapshot copies lists, not rows. A write works in place
 * and takes notes of what it replaced; a failed one is undone by them, backwards.
 */
import { compareBound, compareKeys, type Fields, keysOf, primaryKeyOf } from "./keys.ts";
import type { TableName } from "./rows.ts";
import { openScope, type Tables } from "./scope.ts";
import { type Key, type Range, StorageError, type Store } from "./store.ts";
import { type IndexShape, TABLES } from "./tables.ts";

type Item = { readonly key: Key; readonly primary: Key; readonly row: Fields };
type Index = { readonly shape: IndexShape; readonly items: Item[] };
type Table = { readonly rows: Index; readonly indexes: readonly Index[]; next: number };
type Database = { readonly [T in TableName]: Table };

/** How a put or delete found its table: `row` undefined when there was none, and `Table.next`. */
type Note = {
  readonly name: TableName;
  readonly key: Key;
  readonly row: Fields | undefined;
  readonly next: number;
};

declare const opaque: unique symbol;
/** Everything that was committed, at one moment. Plain data, may be cloned into another thread. */
export type Snapshot = { readonly [opaque]: "Snapshot" };

export interface MemoryStore extends Store {
  /** Costs a copy of the lists, not of the rows. In the middle of a write: without that write. */
  readonly snapshot: () => Snapshot;
}

/** `given`: "rows" for who keeps the half of [ST6] that is about rows read [MS5]. */
export function openMemoryStore(from?: Snapshot, given: "copies" | "rows" = "copies"): MemoryStore {
  const database = from === undefined ? emptyDatabase() : copyDatabase(from as unknown as Database);
  let notes: Note[] = [];
  let turn: Promise<unknown> = Promise.resolve();
  let closed = false;

  /** Reads take turns too: none sees half of a write. */
  const inTurn = <R>(run: () => Promise<R>): Promise<R> => {
    const done = turn.then(() => {
      if (closed) throw new StorageError("gone");
      return run();
    });
    turn = done.catch(() => undefined);
    return done;
  };
  const give = given === "copies" ? copyOf : (row: Fields): Fields => row;
  const tables = tablesOf(database, give, (note) => notes.push(note));

  return {
    read: (names, work) =>
      inTurn(async () => {
        const scope = openScope("read", names, tables);
        const result = await work(scope.tx);
        scope.end();
        return result;
      }),
    write: (names, work) =>
      inTurn(async () => {
        const scope = openScope("write", names, tables);
        try {
          const result = await work(scope.tx);
          scope.end();
          return result;
        } catch (failure) {
          undo(database, notes);
          throw failure;
        } finally {
          notes = [];
        }
      }),
    snapshot: () => {
      const copy = copyDatabase(database);
      undo(copy, notes);
      return copy as unknown as Snapshot;
    },
    [Symbol.asyncDispose]: async () => {
      closed = true;
      await turn;
    },
  };
}

function tablesOf(
  database: Database,
  give: (row: Fields) => Fields,
  note: (note: Note) => void,
): Tables {
  const put = (name: TableName, row: Fields, given: Key | undefined): Key => {
    const table = database[name];
    const key = given ?? table.next;
    const copy = copyOf(row) as Record<string, unknown>;
    if (given === undefined) copy[TABLES[name].primary[0] ?? ""] = key;
    refuseTwins(table, key, copy);
    note({ name, key, row: replace(table, key, copy), next: table.next });
    if (TABLES[name].generated && typeof key === "number") {
      table.next = Math.max(table.next, key + 1);
    }
    return key;
  };
  return {
    get: (name, key) => {
      const row = rowAt(database[name].rows, key);
      return row && give(row);
    },
    range: (name, shape, range) => {
      const { items } = indexOfShape(database[name], shape);
      const [from, to] = spanOf(items, range);
      const rows: Fields[] = [];
      for (let i = from; i < to; i++) rows.push(give((items[i] as Item).row));
      return range.reverse ? rows.reverse() : rows;
    },
    count: (name, shape, range) => {
      const [from, to] = spanOf(indexOfShape(database[name], shape).items, range);
      return to - from;
    },
    put,
    putAll: (name, rows) => {
      for (const row of rows) put(name, row, primaryKeyOf(name, row));
    },
    delete: (name, key) => {
      const row = replace(database[name], key, undefined);
      note({ name, key, row, next: database[name].next });
    },
  };
}

/** The part of a sorted list that a range covers: [from, to). */
function spanOf(items: readonly Item[], { lower, upper, limit, reverse }: Range): [number, number] {
  let from = lower === undefined ? 0 : firstIndex(items, (it) => compareBound(it.key, lower) >= 0);
  let to =
    upper === undefined ? items.length : firstIndex(items, (it) => compareBound(it.key, upper) > 0);
  if (from >= to) return [0, 0];
  if (limit !== undefined && reverse) from = Math.max(from, to - limit);
  else if (limit !== undefined) to = Math.min(to, from + limit);
  return [from, to];
}

function refuseTwins({ indexes }: Table, primary: Key, row: Fields): void {
  for (const { shape, items } of indexes) {
    if (!shape.unique) continue;
    for (const key of keysOf(row, shape)) {
      const twin = items[firstIndex(items, (it) => compareKeys(it.key, key) >= 0)];
      if (twin && compareKeys(twin.key, key) === 0 && compareKeys(twin.primary, primary) !== 0) {
        throw new StorageError("failed");
      }
    }
  }
}

/** Puts, or with no `row` removes, what stands under a primary key; answers what stood there. */
function replace(
  { rows, indexes }: Table,
  primary: Key,
  row: Fields | undefined,
): Fields | undefined {
  const before = rowAt(rows, primary);
  replaceItems(rows, primary, before, row);
  for (const index of indexes) replaceItems(index, primary, before, row);
  return before;
}

function replaceItems(
  { shape, items }: Index,
  primary: Key,
  before: Fields | undefined,
  row: Fields | undefined,
): void {
  const stale = before ? keysOf(before, shape) : [];
  const fresh = row ? keysOf(row, shape) : [];
  for (const key of stale) {
    if (fresh.some((it) => compareKeys(it, key) === 0)) continue;
    items.splice(placeOf(items, key, primary), 1);
  }
  for (const key of fresh) {
    const item = { key, primary, row: row as Fields };
    const at = placeOf(items, key, primary);
    const replaces = stale.some((it) => compareKeys(it, key) === 0);
    if (!replaces && at === items.length) items.push(item);
    else items.splice(at, replaces ? 1 : 0, item);
  }
}

function undo(database: Database, notes: readonly Note[]): void {
  for (const { name, key, row, next } of notes.toReversed()) {
    replace(database[name], key, row);
    database[name].next = next;
  }
}

function rowAt({ items }: Index, key: Key): Fields | undefined {
  const item = items[placeOf(items, key, key)];
  return item && compareKeys(item.key, key) === 0 ? item.row : undefined;
}

/** Where an item stands in its list, or would. Mostly behind the last: logs grow at their end. */
function placeOf(items: readonly Item[], key: Key, primary: Key): number {
  const order = (it: Item): number => compareKeys(it.key, key) || compareKeys(it.primary, primary);
  const last = items.at(-1);
  if (last === undefined || order(last) < 0) return items.length;
  return firstIndex(items, (it) => order(it) >= 0);
}

/** The first index whose item passes a test that all later ones pass too; the length if none. */
function firstIndex(items: readonly Item[], passes: (item: Item) => boolean): number {
  let [low, high] = [0, items.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (passes(items[middle] as Item)) high = middle;
    else low = middle + 1;
  }
  return low;
}

function indexOfShape({ rows, indexes }: Table, shape: IndexShape): Index {
  return indexes.find((it) => it.shape === shape) ?? rows;
}

function emptyDatabase(): Database {
  return mapTables((name) => {
    const { primary, indexes } = TABLES[name];
    return {
      rows: { shape: { fields: primary, unique: true }, items: [] },
      indexes: Object.values(indexes).map((shape) => ({ shape, items: [] })),
      next: 1,
    };
  });
}

/** Shares the rows. The shapes are taken from TABLES again: a cloned snapshot has copies of them. */
function copyDatabase(database: Database): Database {
  return mapTables((name) => {
    const { rows, indexes, next } = database[name];
    const shapes = Object.values(TABLES[name].indexes);
    return {
      rows: { shape: rows.shape, items: rows.items.slice() },
      indexes: shapes.map((shape, i) => ({ shape, items: indexes[i]?.items.slice() ?? [] })),
      next,
    };
  });
}

function mapTables(tableOf: (name: TableName) => Table): Database {
  const names = Object.keys(TABLES) as TableName[];
  return Object.fromEntries(names.map((name) => [name, tableOf(name)])) as Database;
}

/** A deep copy of plain data [ST6]; several times quicker than `structuredClone`. */
function copyOf<T>(value: T): T {
  if (typeof value !== "object" || value === null) return value;
  if (value instanceof Uint8Array) return value.slice() as T;
  if (Array.isArray(value)) return value.map(copyOf) as T;
  const copy = { ...value } as Record<string, unknown>;
  for (const field in copy) {
    const inner = copy[field];
    if (typeof inner === "object" && inner !== null) copy[field] = copyOf(inner);
  }
  return copy as T;
}
