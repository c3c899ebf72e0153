/**
 * What this browser holds when the app opens, found out before anything is shown and without a word
 * to the network.
 *
 * [ABT1] An account is there: its rows paint at once. [ABT2] Nothing is there and nobody started
 * here: the first screen. [ABT3] Nothing is there, but somebody started here: the storage was
 * cleared, and no new identity is made without being asked for. [ABT4] Something is there that does
 * not open: nothing is deleted, nothing is made.
 */
import { Dexie } from "dexie";

import { openDexieReader } from "../../sync/store/dexie-reader.ts";
import { readerVaultOf } from "../../sync/store/reader-vault.ts";
import { readChats } from "../db/chats.ts";
import { type Me, readMe } from "../db/me.ts";
import { readSettings } from "../db/settings.ts";
import { type Db, DB_NAME } from "../db/tables.ts";
import { openChat } from "../features/conversation/opened-chat.ts";
import { keyStore } from "../platform/key-store.ts";
import { forgetStart, rememberStart, wasStarted } from "../platform/sentinel.ts";
import { readVaultKey, type VaultKeyRead } from "../platform/vault-key.ts";
import { type FirstLook, firstLooksOf, type FirstLooks } from "../session/first-look.ts";
import { chatToOpen } from "./last-chat.ts";

export type Boot =
  | { readonly type: "started"; readonly db: Db; readonly me: Me; readonly first: FirstLooks }
  | { readonly type: "new" }
  | { readonly type: "cleared" }
  | { readonly type: "broken" };

/** `reading`: it may have begun earlier. */
export async function boot(reading: Promise<VaultKeyRead> = readVaultKey()): Promise<Boot> {
  const key = await reading;
  if (!key.ok) return { type: "broken" };
  const started = key.value === null ? null : await openStarted(key.value);
  if (started === "broken") return { type: "broken" };
  if (started === null) return { type: wasStarted() ? "cleared" : "new" };
  // Renews the cookie's life, and the half of the sentinel that the browser may have dropped.
  rememberStart();
  return started;
}

/** Null: the database holds no account. */
async function openStarted(key: Uint8Array): Promise<Boot | null | "broken"> {
  try {
    const db = await openDexieReader({ name: DB_NAME, vault: readerVaultOf(key) });
    const [me, first] = await Promise.all([readMe(db), lookAt(db, chatToOpen())]);
    if (me !== null) return { type: "started", db, me, first: firstLooksOf(first) };
    db.close();
    return null;
  } catch {
    return "broken";
  }
}

async function lookAt(db: Db, c: number | null): Promise<FirstLook> {
  const [chats, settings, opened] = await Promise.all([
    readChats(db),
    readSettings(db),
    c === null ? null : openChat(db, c),
  ]);
  return { chats, settings, opened };
}

/** The person chose to start again: what is left of the old database opens for nobody any more. */
export async function startAgain(): Promise<void> {
  await Promise.all([Dexie.delete(DB_NAME), keyStore.erase()]);
  forgetStart();
}
