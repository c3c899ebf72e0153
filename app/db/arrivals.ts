/** What arrived in a chat, in the order of arrival (index `arrival` [c, arr]): [AAV1]. */
import { Dexie } from "dexie";

import type { EntryRow } from "../../sync/store/rows.ts";
import { type Db, entriesOf } from "./tables.ts";

/** After a long absence thousands may arrive at once; no caller needs to see them all. */
const ARRIVALS_MAX = 100;

/** Messages of others that arrived after number `arr`. */
export async function arrivedAfter(db: Db, c: number, arr: number): Promise<readonly EntryRow[]> {
  const rows = await entriesOf(db)
    .where("[c+arr]")
    .between([c, arr], [c, Dexie.maxKey], false, true)
    .limit(ARRIVALS_MAX)
    .toArray();
  return rows.filter(({ own, shown }) => !own && shown === 1);
}
