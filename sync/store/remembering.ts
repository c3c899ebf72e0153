/**
 * A write over many messages that does not wait for the database at every step: what it has read it
 * does not read again, and what it puts goes down together at the end. IndexedDB takes much at once,
 * but each request that waits for the one before costs a turn of two processes.
 *
 *   [RM1] `work` gets the answers that it would get without this, and leaves the same rows behind.
 *   [RM2] All that was put has reached the transaction when `remembering` settles.
 *
 * It remembers for one transaction: its size is bounded by what `work` touches.
 */
import { compareKeys, type Fields, indexOf, keysOf, primaryKeyOf } from "./keys.ts";
import type { Rows, TableName } from "./rows.ts";
import type { Key, Range, WriteTx } from "./store.ts";
import { type IndexShape, TABLES } from "./tables.ts";

export async function remembering<R>(tx: WriteTx, work: (tx: WriteTx) => Promise<R>): Promise<R> {
  const memory = new Memory(tx);
  const result = await work(memory);
  await memory.writeDown();
  return result;
}

/** `row` undefined: there is none. `isDue`: not written down yet. */
type Held = { readonly row: Fields | undefined; readonly isDue: boolean };
/** `rows` by primary key. `found`: what `find` found, by index, then by key; null: nothing. */
type Table = {
  readonly rows: Map<string, Held>;
  readonly found: Map<string, Map<string, Key | null>>;
};

class Memory implements WriteTx {
  readonly #tx: WriteTx;
  readonly #tables = new Map<TableName, Table>();

  constructor(tx: WriteTx) {
    this.#tx = tx;
  }

  readonly get = async <T extends TableName>(name: T, key: Key): Promise<Rows[T] | undefined> => {
    const { rows } = this.#table(name);
    const held = rows.get(textOf(key));
    if (held !== undefined) return held.row as Rows[T] | undefined;
    const row = await this.#tx.get(name, key);
    // Somebody else of the same work may have put it meanwhile.
    const meanwhile = rows.get(textOf(key));
    if (meanwhile !== undefined) return meanwhile.row as Rows[T] | undefined;
    rows.set(textOf(key), { row, isDue: false });
    return row;
  };

  readonly find = async <T extends TableName>(
    name: T,
    index: string,
    key: Key,
  ): Promise<Rows[T] | undefined> => {
    const { rows, found } = this.#table(name);
    const known = found.get(index)?.get(textOf(key));
    if (known !== undefined) return known === null ? undefined : await this.get(name, known);
    await this.#writeDown(name);
    const row = await this.#tx.find(name, index, key);
    const primary = row === undefined ? undefined : primaryKeyOf(name, row);
    found.set(index, (found.get(index) ?? new Map()).set(textOf(key), primary ?? null));
    if (primary === undefined) return undefined;
    if (!rows.has(textOf(primary))) rows.set(textOf(primary), { row, isDue: false });
    return row;
  };

  readonly range = async <T extends TableName>(
    name: T,
    index: string,
    range: Range,
  ): Promise<readonly Rows[T][]> => {
    await this.#writeDown(name);
    return await this.#tx.range(name, index, range);
  };

  readonly count = async (name: TableName, index: string, range: Range): Promise<number> => {
    await this.#writeDown(name);
    return await this.#tx.count(name, index, range);
  };

  readonly put = async <T extends TableName>(name: T, row: Rows[T]): Promise<Key> => {
    const { rows, found } = this.#table(name);
    const key = primaryKeyOf(name, row);
    const before = key === undefined ? undefined : rows.get(textOf(key))?.row;
    const moved = indexesMoved(name, before, row);
    for (const index of moved) found.delete(index);
    if (before === undefined) found.delete("primary");
    if (key !== undefined && !moved.some((index) => indexOf(name, index).unique)) {
      rows.set(textOf(key), { row, isDue: true });
      return key;
    }
    // The table numbers it, or may refuse it: that is told now.
    await this.#writeDown(name);
    const made = await this.#tx.put(name, row);
    const [field = ""] = TABLES[name].primary;
    const numbered = key === undefined ? { ...row, [field]: made } : row;
    rows.set(textOf(made), { row: numbered, isDue: false });
    return made;
  };

  readonly putAll = async <T extends TableName>(
    name: T,
    rows: readonly Rows[T][],
  ): Promise<void> => {
    for (const row of rows) await this.put(name, row);
  };

  readonly delete = async (name: TableName, key: Key): Promise<void> => {
    const { rows, found } = this.#table(name);
    // A number that was put is not given again, though its row goes.
    if (rows.get(textOf(key))?.isDue === true) await this.#writeDown(name);
    rows.set(textOf(key), { row: undefined, isDue: false });
    found.clear();
    await this.#tx.delete(name, key);
  };

  async writeDown(): Promise<void> {
    await Promise.all([...this.#tables.keys()].map((name) => this.#writeDown(name)));
  }

  async #writeDown(name: TableName): Promise<void> {
    const { rows } = this.#table(name);
    const due = [...rows].filter(([, { isDue }]) => isDue);
    for (const [key, { row }] of due) rows.set(key, { row, isDue: false });
    if (due.length > 0)
      await this.#tx.putAll(
        name,
        due.map(([, { row }]) => row as Rows[TableName]),
      );
  }

  #table(name: TableName): Table {
    const table = this.#tables.get(name) ?? { rows: new Map(), found: new Map() };
    this.#tables.set(name, table);
    return table;
  }
}

/** Numbers, strings and lists of them have one text each. */
const textOf = (key: Key): string => JSON.stringify(key);

/** In which indexes `after` does not stand where `before` stood, the primary key apart. */
const indexesMoved = (
  name: TableName,
  before: Fields | undefined,
  after: Fields,
): readonly string[] =>
  Object.entries(TABLES[name].indexes)
    .filter(([, shape]) => before === undefined || !hasEqualKeys(before, after, shape))
    .map(([index]) => index);

function hasEqualKeys(before: Fields, after: Fields, shape: IndexShape): boolean {
  const [was, is] = [keysOf(before, shape), keysOf(after, shape)];
  return (
    was.length === is.length && was.every((key) => is.some((it) => compareKeys(it, key) === 0))
  );
}
