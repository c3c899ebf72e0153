/**
 * The tables of rows.ts as Dexie declares them, and their indexes as Dexie names them: `[c+a+s]` is a
 * compound one, `++n` generates its numbers, `&id` is unique, `*tags` indexes the items of a list.
 *
 * Never change a version that shipped: add the next one, with its `upgrade`.
 */
import { type IndexShape, TABLES } from "./tables.ts";

/** Dexie writes it to disk times ten: a tenth is what it adds by itself when it finds less. */
export const SCHEMA_VERSION = 1;

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
