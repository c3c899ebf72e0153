/**
 * Notifications of this browser: who wrote what, shown by the service worker after a push, and by a tab
 * that nobody looks at.
 *
 * [APN2] What was shown, or seen in the app, is not shown again. [APN3] One notification a chat, replaced
 * by newer ones; gone once it was read and the person has turned away or come back. [APN4] Of a muted chat
 * nothing is shown, then or later.
 */
import type { News } from "../db/news.ts";
import { pushTexts } from "../text/push-texts.ts";
import { keyStore } from "./key-store.ts";

/** What a notification leads to. */
export type NotificationData = { readonly c: number | null };

/** More would be a flood; the app's list has them all. */
const SHOWN_MAX = 5;
const ICON = "/icons/kith-192.png";
/** Of the one that says that there may be something. */
const UNKNOWN_TAG = "kith";
const QUIET_TAG = "kith-quiet";
/** What the person knows of, by chat number. */
const KNOWN = "notified";

type Mark = Pick<News, "newestMs" | "unread">;
const tagOf = (c: number): string => `chat-${c}`;

/** `muted`: there was nothing new but in muted chats. */
export type Told = "shown" | "muted" | "nothing";

/** Shows what is new among all that is unread. `languages`: best first. */
export async function showNews(
  registration: ServiceWorkerRegistration,
  unread: readonly News[],
  languages: readonly string[],
): Promise<Told> {
  const known = await readKnown();
  const all = unread.filter((it) => isNew(it, known.get(it.c)));
  const fresh = all.filter((it) => !it.isMuted);
  // The newest last: systems put it on top.
  for (const news of fresh.slice(0, SHOWN_MAX).toReversed()) {
    const data: NotificationData = { c: news.c };
    const [title, body] = saidOf(news, languages);
    await registration.showNotification(title, { body, tag: tagOf(news.c), icon: ICON, data });
  }
  if (all.length > 0) await noteKnown(registration, unread);
  return fresh.length > 0 ? "shown" : all.length > 0 ? "muted" : "nothing";
}

/**
 * A push that the person wants to hear nothing of. Browsers take the right to push from who shows nothing,
 * so something is shown without a sound, and gone at once.
 */
export async function showQuietly(
  registration: ServiceWorkerRegistration,
  languages: readonly string[],
): Promise<void> {
  const data: NotificationData = { c: null };
  const { unknown } = pushTexts(languages);
  await registration.showNotification(unknown, { tag: QUIET_TAG, icon: ICON, data, silent: true });
  for (const it of await registration.getNotifications({ tag: QUIET_TAG })) it.close();
}

/** A push without anything that could be told. */
export async function showUnknown(
  registration: ServiceWorkerRegistration,
  languages: readonly string[],
): Promise<void> {
  const data: NotificationData = { c: null };
  const { unknown } = pushTexts(languages);
  await registration.showNotification(unknown, { tag: UNKNOWN_TAG, icon: ICON, data });
}

/** The person knows that all this is unread; what is not among it was read. */
export async function noteKnown(
  registration: ServiceWorkerRegistration,
  unread: readonly News[],
): Promise<void> {
  const marks = unread.map(({ c, ...it }): [number, Mark] => [
    c,
    { newestMs: it.newestMs, unread: it.unread },
  ]);
  await keyStore.write("keys", KNOWN, new Map(marks));
  const standing = new Set(unread.map(({ c }) => tagOf(c)));
  for (const it of await registration.getNotifications()) if (!standing.has(it.tag)) it.close();
}

const isNew = (news: News, known: Mark | undefined): boolean =>
  known === undefined || news.newestMs > known.newestMs || news.unread > known.unread;

function saidOf(news: News, languages: readonly string[]): [string, string] {
  const { name, author, text, isRequest } = news;
  const words = pushTexts(languages);
  if (isRequest) return [words.request(name), ""];
  return [name, author === null || text === null ? (text ?? words.message) : `${author}: ${text}`];
}

/** A row that is not there, or not ours, costs a repetition. */
async function readKnown(): Promise<ReadonlyMap<number, Mark>> {
  const row = await keyStore.read("keys", KNOWN);
  return row instanceof Map ? (row as Map<number, Mark>) : new Map<number, Mark>();
}
