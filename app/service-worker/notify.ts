/**
 * Shows what came while nobody looked: who wrote what, read from this device's own rows.
 *
 * [APN1] A push always shows something: browsers take the right away from those that stay silent. [APN2]
 * What was shown is not shown again by the next push. [APN3] One notification a chat, replaced by newer.
 */
import { openDexieReader } from "../../sync/store/dexie-reader.ts";
import { readerVaultOf } from "../../sync/store/reader-vault.ts";
import { type News, readNews } from "../db/news.ts";
import { DB_NAME } from "../db/tables.ts";
import { keyStore } from "../platform/key-store.ts";
import { readVaultKey } from "../platform/vault-key.ts";
import { pushTexts } from "../text/push-texts.ts";

/** More would be a flood; the app's list has them all. */
const SHOWN_MAX = 5;
const ICON = "/icons/kith-192.png";
/** Of the one that says that there may be something. */
const UNKNOWN_TAG = "kith";
/** What was shown, by chat number: that chat's arrivals then. */
const SHOWN = "notified";

/** What a notification leads to. */
export type NotificationData = { readonly c: number | null };

/** Null: nobody started here, so that nothing may be read or made. */
export async function readUnread(): Promise<readonly News[] | null> {
  const key = await readVaultKey();
  if (!key.ok || key.value === null) return null;
  const db = await openDexieReader({ name: DB_NAME, vault: readerVaultOf(key.value) });
  try {
    return await readNews(db);
  } finally {
    db.close();
  }
}

export async function show(
  registration: ServiceWorkerRegistration,
  unread: readonly News[],
): Promise<void> {
  // The app's own choice of language is in a place that no worker may read.
  const words = pushTexts(navigator.languages);
  const shown = await readShown();
  const fresh = unread.filter(({ c, arrivals }) => (shown.get(c) ?? 0) < arrivals);
  for (const { c, name, text, isRequest } of fresh.slice(0, SHOWN_MAX).toReversed()) {
    const data: NotificationData = { c };
    await (isRequest
      ? registration.showNotification(words.request(name), { tag: `chat-${c}`, icon: ICON, data })
      : registration.showNotification(name, {
          body: text ?? words.message,
          tag: `chat-${c}`,
          icon: ICON,
          data,
        }));
  }
  if (fresh.length === 0) {
    const data: NotificationData = { c: null };
    await registration.showNotification(words.unknown, { tag: UNKNOWN_TAG, icon: ICON, data });
    return;
  }
  await keyStore.write("keys", SHOWN, new Map(unread.map(({ c, arrivals }) => [c, arrivals])));
  for (const it of await registration.getNotifications({ tag: UNKNOWN_TAG })) it.close();
}

/** A row that is not there, or not ours, costs a repetition. */
async function readShown(): Promise<ReadonlyMap<unknown, number>> {
  const row = await keyStore.read("keys", SHOWN);
  return row instanceof Map ? (row as Map<unknown, number>) : new Map<unknown, number>();
}
