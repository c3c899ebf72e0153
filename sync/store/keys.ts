/**
 * Keys as IndexedDB orders them: numbers before strings before arrays, arrays element by element, a
 * shorter one first (Indexed Database API 3.0, 2.4 "Keys"; dates and bytes are not used here).
 */
import { assert } from "../../crypto/base/assert.ts";
import type { TableName } from "./rows.ts";
import type { Key, Range } from "./store.ts";
import { type IndexShape, TABLES } from "./tables.ts";

type Scalar = number | string;
export type Fields = Readonly<Record<string, unknown>>;

/** Which rows a key of this index may stand for, and how it is made. Shape of "primary" included. */
export function indexOf(table: TableName, index: string): IndexShape {
  const { primary, indexes } = TABLES[table];
  const shape = index === "primary" ? { fields: primary, unique: true as const } : indexes[index];
  assert(shape !== undefined, `${table} has an index ${index}`);
  return shape;
}

/** As `Array.prototype.sort` wants it. */
export function compareKeys(a: Key, b: Key): number {
  if (typeof a !== "object" || typeof b !== "object") return compareMixed(a, b);
  return comparePrefix(a, b) || a.length - b.length;
}

/** Compares `key` with `bound` as far as `bound` goes: 0 means that `bound` is a prefix of it. */
export function compareBound(key: Key, bound: Key): number {
  if (typeof key !== "object" || typeof bound !== "object") return compareMixed(key, bound);
  return key.length < bound.length ? compareKeys(key, bound) : comparePrefix(key, bound);
}

/** The keys of a row in an index, in no order; none when a field holds what cannot be a key. */
export function keysOf(row: Fields, { fields, multi }: IndexShape): readonly Key[] {
  const [first = ""] = fields;
  if (multi) {
    const list = row[first];
    return Array.isArray(list) ? [...new Set(list)].filter(isScalar) : [];
  }
  if (fields.length === 1) {
    const key = row[first];
    return isScalar(key) ? [key] : [];
  }
  const key: Scalar[] = [];
  for (const field of fields) {
    const part = row[field];
    if (!isScalar(part)) return [];
    key.push(part);
  }
  return [key];
}

/** The primary key of a row that has one: without it, only a table with a generated key takes it. */
export function primaryKeyOf(table: TableName, row: Fields): Key | undefined {
  const { primary, generated } = TABLES[table];
  const [key] = keysOf(row, { fields: primary });
  const absent = generated === true && row[primary[0] ?? ""] === undefined;
  assert(key !== undefined || absent, `a row of ${table} has a primary key`);
  assert(generated !== true || absent || isGenerated(key), `${table} counts its rows from 1`);
  return key;
}

export function assertRange({ lower, upper, limit }: Range): void {
  assert(lower === undefined || isKey(lower), "the lower end is a key");
  assert(upper === undefined || isKey(upper), "the upper end is a key");
  assert(limit === undefined || (Number.isSafeInteger(limit) && limit >= 0), "a limit is a count");
}

export function isKey(value: unknown): value is Key {
  return isScalar(value) || (Array.isArray(value) && value.every(isScalar));
}

function isScalar(value: unknown): value is Scalar {
  return typeof value === "string" || (typeof value === "number" && !Number.isNaN(value));
}

function isGenerated(key: Key | undefined): boolean {
  return typeof key === "number" && Number.isSafeInteger(key) && key >= 1;
}

function comparePrefix(a: readonly Scalar[], b: readonly Scalar[]): number {
  const shared = Math.min(a.length, b.length);
  for (let i = 0; i < shared; i++) {
    const [x, y] = [a[i] as Scalar, b[i] as Scalar];
    if (x !== y) return compareMixed(x, y);
  }
  return 0;
}

function compareMixed(a: Key, b: Key): number {
  if (typeof a === typeof b) return a < b ? -1 : a > b ? 1 : 0;
  return rank(a) - rank(b);
}

const rank = (key: Key): number => (typeof key === "number" ? 0 : typeof key === "string" ? 1 : 2);
