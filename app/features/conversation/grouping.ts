/**
 * How a message stands to the one before it. [AGR1] Messages of one author within five minutes and
 * one day are one group. [AGR2] The first of a day carries the day.
 */
import type { EntryRow } from "../../../sync/store/rows.ts";
import { dayOf } from "../../text/times.ts";

const GROUP_MS = 5 * 60_000;

export type Standing = { readonly startsDay: boolean; readonly startsGroup: boolean };

export function standingOf(entry: EntryRow, before: EntryRow | undefined): Standing {
  const startsDay = before === undefined || dayOf(before.writtenAtMs) !== dayOf(entry.writtenAtMs);
  const startsGroup =
    startsDay ||
    before.own !== entry.own ||
    (!entry.own && before.a !== entry.a) ||
    Math.abs(entry.writtenAtMs - before.writtenAtMs) > GROUP_MS;
  return { startsDay, startsGroup };
}
