/**
 * How a message stands to the one before it. [AGR1] Messages of one author within five minutes and
 * one day are one group, from whichever of their devices. [AGR2] The first of a day carries the day. [AGR3]
 * What a group tells of itself, by one author about several people, is one line.
 */
import type { EntryRow } from "../../../sync/store/rows.ts";
import { isLine, type Line, type Lines } from "../../db/lines.ts";
import { isSameDoing } from "../../text/line-text.ts";
import { dayOf } from "../../text/times.ts";

const GROUP_MS = 5 * 60_000;

export type Standing = { readonly startsDay: boolean; readonly startsGroup: boolean };

/** Account of whoever writes a log, by its number. */
export type AuthorOf = (a: number) => string;

export function standingOf(
  entry: EntryRow,
  before: EntryRow | undefined,
  authorOf: AuthorOf,
): Standing {
  const startsDay = before === undefined || dayOf(before.writtenAtMs) !== dayOf(entry.writtenAtMs);
  const startsGroup =
    startsDay ||
    isLine(before) ||
    before.own !== entry.own ||
    (!entry.own && authorOf(before.a) !== authorOf(entry.a)) ||
    Math.abs(entry.writtenAtMs - before.writtenAtMs) > GROUP_MS;
  return { startsDay, startsGroup };
}

/** What stands in the log: a message, or what a group tells of itself. Never empty. */
export type Item =
  | { readonly type: "message"; readonly entry: EntryRow }
  | { readonly type: "lines"; readonly rows: readonly EntryRow[]; readonly lines: readonly Line[] };

/** In the order of the rows; lines of which nothing is here are left out. */
export function itemsOf(rows: readonly EntryRow[], lines: Lines): readonly Item[] {
  const items: Item[] = [];
  for (const entry of rows) {
    const line = lines.get(entry.id);
    if (line === undefined) {
      if (!isLine(entry)) items.push({ type: "message", entry });
      continue;
    }
    const last = items.at(-1);
    const joined = last?.type === "lines" ? joinedBy(last, entry, line) : null;
    if (joined === null) items.push({ type: "lines", rows: [entry], lines: [line] });
    else items[items.length - 1] = joined;
  }
  return items;
}

function joinedBy(
  { rows, lines }: Extract<Item, { readonly type: "lines" }>,
  entry: EntryRow,
  line: Line,
): Item | null {
  const [first, said] = [rows[0], lines[0]];
  if (first === undefined || said === undefined || !isSameDoing(said, line)) return null;
  const isOneDay = dayOf(first.writtenAtMs) === dayOf(entry.writtenAtMs);
  const isSoon = Math.abs(entry.writtenAtMs - first.writtenAtMs) <= GROUP_MS;
  return isOneDay && isSoon
    ? { type: "lines", rows: [...rows, entry], lines: [...lines, line] }
    : null;
}
