/**
 * The device's database as a tab sees it: open rows, for Dexie's live queries. It writes nothing
 * (sealing.ts, [SL4]).
 *   [LQ1] What the engine commits in its worker runs those queries again, and only those, that asked
 *         for an index range which it touched.
 *   [LQ2] Equal queries that are live together share one reading; their rows are frozen.
 */
import type { Dexie } from "dexie";

import { type DatabaseOptions, openDatabase } from "./database.ts";

/** `vault`: see `readerVaultOf`. Makes an empty database when the engine has made none yet. */
export const openDexieReader = (options: DatabaseOptions): Promise<Dexie> =>
  openDatabase(options, "immutable");
