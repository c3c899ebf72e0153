/** The account's settings, alike on all its devices; the engine keeps them (sync/rooms/settings.ts). */
import { parseSettings, SETTINGS, type Settings } from "../../sync/rooms/settings.ts";
import { type Db, metaOf } from "./tables.ts";

export const readSettings = async (db: Db): Promise<Settings> =>
  parseSettings((await metaOf(db).get(SETTINGS))?.v);
