/**
 * The messages of one chat in their order, a window at a time, by one range of the index `timeline`
 * [c, shown, h, b, s]: never a scan, however long the history.
 *
 * [ATL1] The newest `count` up to and with `upTo`, oldest first. [ATL2] Protocol entries are not
 * shown. [ATL3] `placeAfter` answers the place that is `steps` messages later, or null at the
 * newest end. [ATL4] What should have disappeared is not shown, also while nobody has erased it yet: the app
 * was closed, and the clock is not confirmed.
 */
import { Dexie } from "dexie";

import type { EntryRow } from "../../sync/store/rows.ts";
import { overdueAmong } from "./overdue.ts";
import { type Db, entriesOf } from "./tables.ts";

/** An entry's place in its chat. Places compare as the tuple (h, b, s). */
export type Place = { readonly h: number; readonly b: number; readonly s: number };

const INDEX = "[c+shown+h+b+s]";
const SHOWN = 1;

export const placeOf = ({ h, b, s }: EntryRow): Place => ({ h, b, s });

/** `upTo` null: the newest. */
export async function timeline(
  db: Db,
  c: number,
  { upTo, count }: { readonly upTo: Place | null; readonly count: number },
): Promise<readonly EntryRow[]> {
  const last = upTo === null ? [c, SHOWN, Dexie.maxKey] : [c, SHOWN, upTo.h, upTo.b, upTo.s];
  const newestFirst = await entriesOf(db)
    .where(INDEX)
    .between([c, SHOWN, Dexie.minKey], last, true, true)
    .reverse()
    .limit(count)
    .toArray();
  const over = await overdueAmong(db, newestFirst);
  return newestFirst.filter((it) => !over(it)).toReversed();
}

export async function placeAfter(
  db: Db,
  c: number,
  place: Place,
  steps: number,
): Promise<Place | null> {
  const later = await entriesOf(db)
    .where(INDEX)
    .between([c, SHOWN, place.h, place.b, place.s], [c, SHOWN, Dexie.maxKey], false, true)
    .limit(steps)
    .toArray();
  const last = later.at(-1);
  return later.length < steps || last === undefined ? null : placeOf(last);
}
