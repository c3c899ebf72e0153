/** What is unread on this device, read as a tab reads it: without the engine. */
import { openDexieReader } from "../../sync/store/dexie-reader.ts";
import { readerVaultOf } from "../../sync/store/reader-vault.ts";
import { type News, readNews } from "../db/news.ts";
import { DB_NAME } from "../db/tables.ts";
import { readVaultKey } from "../platform/vault-key.ts";

/** Null: nobody started here, so that nothing may be read or made. */
export async function readUnread(): Promise<readonly News[] | null> {
  const key = await readVaultKey();
  if (!key.ok || key.value === null) return null;
  const db = await openDexieReader({ name: DB_NAME, vault: readerVaultOf(key.value) });
  try {
    return await readNews(db, Date.now());
  } finally {
    db.close();
  }
}
