/**
 * Seals the rows of a Dexie database, beneath everything else that Dexie does: its live queries and
 * caches see open rows, the disk sees what keys and indexes need and one sealed field. See
 * docs/protocol/crypto.md, "Vault", for the record.
 *
 * | field of a stored row          | content                                                  |
 * | ------------------------------ | -------------------------------------------------------- |
 * | those of the key and indexes   | as they are                                              |
 * | `sealed`                       | vault record over the other fields, one CBOR map         |
 *
 * The record is bound to its table and to **all** readable fields. Hence:
 *   [SL1] At rest a row has its key, its index fields and one sealed field; nothing else.
 *   [SL2] A row that was moved to another key, number or table does not open.
 *   [SL3] A row with one byte changed, readable or sealed, does not open, whichever way it is read.
 *   [SL4] A reader writes nothing, and opens only tables whose key it holds.
 *   [SL5] A tab opens with its cipher what the engine sealed with libsodium.
 * What this cannot see: that a row was deleted, or put back as it was before.
 */
import { decode, encode } from "cborg";
import type {
  DBCore,
  DBCoreAddRequest,
  DBCoreCursor,
  DBCoreMutateResponse,
  DBCorePutRequest,
  DBCoreTable,
  Middleware,
} from "dexie";

import { assert, Bug } from "../../crypto/base/assert.ts";
import { utf8 } from "../../crypto/base/bytes.ts";
import { openRecord, type Place, sealRecord } from "../../crypto/vault/vault.ts";
import type { Fields } from "./keys.ts";
import { OpenedRows } from "./opened-rows.ts";
import { KEY_BY_TABLE, type RowVault } from "./row-vault.ts";
import type { TableName } from "./rows.ts";
import { StorageError } from "./store.ts";
import { TABLES } from "./tables.ts";

/** Beneath Dexie's lowest own layer (-1, its cache of rows within a transaction). */
const LEVEL = -2;
const SEALED = "sealed";

type Insert = DBCoreAddRequest | DBCorePutRequest;
type Response = DBCoreMutateResponse;

/** A row in two parts: what stays readable, and the rest, encoded. */
type Split = { readonly stored: Fields; readonly rest: Uint8Array };

type Codec = {
  readonly split: (row: Fields) => Split;
  readonly seal: (split: Split) => Fields;
  readonly open: (stored: Fields) => Fields;
};

export function sealing(vault: RowVault): Middleware<DBCore> {
  return {
    stack: "dbcore",
    name: "sealing",
    level: LEVEL,
    create: (core) => ({
      table: (name) => {
        const table = core.table(name);
        // Dexie may keep one of its own, with version numbers.
        const ours = Object.hasOwn(TABLES, name);
        if (!ours) return table;
        const sealed = sealedTable(table, codecOf(name as TableName, vault));
        return vault.nonces ? sealed : { ...sealed, mutate: refuseWrite };
      },
    }),
  };
}

/** The fields of a table that stay readable at rest, those of its primary key first. */
export function readableFields(table: TableName): readonly string[] {
  const { primary, indexes } = TABLES[table];
  return [...new Set([...primary, ...Object.values(indexes).flatMap((it) => it.fields)])];
}

function codecOf(table: TableName, { aead, keys, nonces }: RowVault): Codec {
  const key = keys[KEY_BY_TABLE[table]];
  const readable = readableFields(table);
  // JSON of numbers, strings and lists of them has one form only. What is absent at the end is left out:
  // an index that a later version adds changes nothing for rows that are not in it.
  const textOf = (row: Fields): string => {
    const last = readable.findLastIndex((field) => row[field] !== undefined);
    return JSON.stringify(readable.slice(0, last + 1).map((field) => row[field]));
  };
  const placeOf = (text: string): Place => ({ table, key: utf8(text) });
  // Who writes has changed most rows before they are asked for again.
  const opened = nonces === undefined ? new OpenedRows() : undefined;
  return {
    split: (row) => {
      const stored: Record<string, unknown> = {};
      const rest: Record<string, unknown> = {};
      for (const field of Object.keys(row)) {
        (readable.includes(field) ? stored : rest)[field] = row[field];
      }
      return { stored, rest: encode(rest) };
    },
    seal: ({ stored, rest }) => {
      assert(key !== undefined && nonces !== undefined, "a reader writes nothing");
      return { ...stored, [SEALED]: sealRecord(aead, key, placeOf(textOf(stored)), rest, nonces) };
    },
    open: (stored) => {
      assert(key !== undefined, `this vault opens ${table}`);
      const { [SEALED]: record, ...row } = stored;
      if (!(record instanceof Uint8Array)) throw new StorageError("failed");
      const text = textOf(row);
      const known = opened?.get(text, record);
      if (known !== undefined) return known;
      const rest = openRecord(aead, key, placeOf(text), record);
      if (!rest.ok) throw new StorageError("failed");
      const whole: Fields = Object.assign(row, decode(rest.value));
      return opened?.keep(text, record, whole) ?? whole;
    },
  };
}

function sealedTable(table: DBCoreTable, { split, seal, open }: Codec): DBCoreTable {
  const { autoIncrement, keyPath } = table.schema.primaryKey;
  const openIfThere = (row: Fields | undefined): Fields | undefined => row && open(row);

  /**
   * A record is bound to its key, but a generated key is known only after the insert. So the row goes
   * in with its readable fields alone and is sealed in place, by the same transaction. (A counter of
   * our own would cost as much, and could drift from the database's.)
   */
  const insert = async (
    request: Insert,
    rows: readonly Split[],
    key: string,
  ): Promise<Response> => {
    const isNew = rows.map(({ stored }) => stored[key] === undefined);
    const values = rows.map((row, i) => (isNew[i] ? row.stored : seal(row)));
    const inserted = await table.mutate({ ...request, values });
    const made = rows.flatMap(({ stored, rest }, i) =>
      isNew[i] && !inserted.failures[i]
        ? [seal({ stored: { ...stored, [key]: inserted.results?.[i] as unknown }, rest })]
        : [],
    );
    if (made.length === 0) return inserted;
    const sealed = await table.mutate({ type: "put", trans: request.trans, values: made });
    for (const failure of Object.values(sealed.failures)) throw failure;
    return inserted;
  };

  return {
    ...table,
    mutate: (request) => {
      if (request.type !== "add" && request.type !== "put") return table.mutate(request);
      const rows = (request.values as readonly Fields[]).map(split);
      return autoIncrement && typeof keyPath === "string"
        ? insert(request, rows, keyPath)
        : table.mutate({ ...request, values: rows.map(seal) });
    },
    get: (request) => table.get(request).then(openIfThere),
    getMany: (request) => table.getMany(request).then((rows) => rows.map(openIfThere)),
    query: (request) =>
      request.values
        ? table.query(request).then(({ result }) => ({ result: result.map(open) }))
        : table.query(request),
    openCursor: (request) =>
      request.values
        ? table.openCursor(request).then((cursor) => cursor && openingCursor(cursor, open))
        : table.openCursor(request),
  };
}

const refuseWrite = (): never => {
  throw new Bug("a reader writes nothing");
};

/** The same cursor, whose `value` opens. IndexedDB's getters work on the cursor itself only. */
function openingCursor(cursor: DBCoreCursor, open: Codec["open"]): DBCoreCursor {
  return Object.create(cursor, {
    key: { get: () => cursor.key as unknown },
    primaryKey: { get: () => cursor.primaryKey as unknown },
    value: { get: () => open(cursor.value as Fields) },
  }) as DBCoreCursor;
}
