/**
 * The tables of rows.ts as Dexie declares them, and their indexes as Dexie names them: `[c+a+s]` is a
 * compound one, `++n` generates its numbers, `&id` is unique, `*tags` indexes the items of a list.
 *
 * Dexie compares this with what is on disk, and adds the tables and indexes that are new. It touches no
 * row: a tab may be the first to open a database, and writes nothing. Rows of earlier versions are
 * brought up to date by the engine (account/upgrade-rows.ts).
 */
import { type IndexShape, TABLES } from "./tables.ts";

/** Dexie writes it to disk times ten: a tenth is what it adds by itself when it finds less. */
export const SCHEMA_VERSION = 3;

/** What Dexie's `stores` takes. */
export function schemaOf(): Readonly<Record<string, string>> {
  const tables = Object.entries(TABLES).map(([table, { primary, generated, indexes }]) => {
    const key = (generated ? "++" : "") + pathOf(primary);
    const rest = Object.values(indexes).map(
      ({ fields, unique, multi }) => (unique ? "&" : multi ? "*" : "") + pathOf(fields),
    );
    return [table, [key, ...rest].join(",")];
  });
  return Object.fromEntries(tables) as Record<string, string>;
}

/** What Dexie's `where` takes. */
export const indexPath = ({ fields }: IndexShape): string => pathOf(fields);

const pathOf = (fields: readonly string[]): string =>
  fields.length === 1 ? fields.join("") : `[${fields.join("+")}]`;
