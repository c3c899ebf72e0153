/**
 * What is new in a chat since the person last looked.
 *
 * [AUN1] An own message is never unread. [AUN2] One that arrived late, before others that were
 * read, is unread all the same: the read vector has ranges. [AUN3] What was deleted is not new.
 * [AUN4] Neither is what a group tells of itself.
 */
import { hasKnown } from "../../sync/log/known.ts";
import type { EntryRow, LogRow } from "../../sync/store/rows.ts";
import { isLine } from "./lines.ts";

/** What our account had read of each log of a channel at one moment, by log number. */
export type ReadVector = ReadonlyMap<number, LogRow["read"]>;

export const readVectorOf = (logs: readonly LogRow[]): ReadVector =>
  new Map(logs.flatMap(({ a, read }) => (a === undefined ? [] : [[a, read] as const])));

export function isUnread(row: EntryRow, vector: ReadVector): boolean {
  const { a, s, own, erased } = row;
  const read = vector.get(a);
  const isNews = !own && erased !== true && !isLine(row);
  return isNews && (read === undefined || !hasKnown(read, s));
}
