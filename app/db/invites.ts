/** Does a relay hold the invite of this link? */
import type { Table } from "dexie";

import type { InviteRow } from "../../sync/store/rows.ts";
import type { Db } from "./tables.ts";

/** True also for a link that is no longer kept: it was used. */
export async function isPublished(db: Db, link: string): Promise<boolean> {
  const invites: Table<InviteRow, string> = db.table("invites");
  const rows = await invites.toArray();
  return rows.find((row) => row.link === link)?.published ?? true;
}
