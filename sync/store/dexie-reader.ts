/**
 * The device's database as a tab sees it: open rows, read-only, for Dexie's live queries. What the
 * engine commits in its worker runs those queries again that it concerns, by index range.
 *
 * Results of live queries are shared between them, and frozen. A write through it is a Bug.
 */
import type { Dexie } from "dexie";

import { type DatabaseOptions, openDatabase } from "./database.ts";

/** `vault`: see `readerVaultOf`. Makes an empty database when the engine has made none yet. */
export const openDexieReader = (options: DatabaseOptions): Promise<Dexie> =>
  openDatabase(options, "immutable");
