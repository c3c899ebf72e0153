/**
 * What came since the person last looked, as a notification tells it.
 *
 * [ANW1] A chat with something unread of somebody else, once, with its newest message. [ANW2] Nothing of
 * people who were blocked, and of strangers who ask only that they do. [ANW3] What is in a muted
 * chat is marked so, but for a message that names the person where they want that. [ANW4] What was edited, reacted to or written by
 * the person elsewhere is no news. [ANW5] Of a group it is told who wrote.
 */
import type { Told } from "../../sync/thread/chat-marks.ts";
import { toldIn } from "./chat-marks.ts";
import { type Chat, readChats } from "./chats.ts";
import { nameIn } from "./people.ts";
import type { Db } from "./tables.ts";

export type News = {
  readonly c: number;
  readonly name: string;
  /** Of a group, who wrote it; null: it is clear from the name. */
  readonly author: string | null;
  /** Null: there is something, but nothing that could be said of it. */
  readonly text: string | null;
  readonly isRequest: boolean;
  /** The person does not want to hear of it; they are taken to know it, also when the chat is heard again. */
  readonly isMuted: boolean;
  /** When the newest message was written. */
  readonly newestMs: number;
  readonly unread: number;
};

/** Newest chat first. */
export const readNews = async (db: Db, nowMs: number): Promise<readonly News[]> =>
  newsOf(await readChats(db), nowMs);

/** The newest first. */
export const newsOf = (chats: readonly Chat[], nowMs: number): readonly News[] =>
  chats
    .filter(({ kind, state, unread }) => kind !== "self" && state !== "blocked" && unread > 0)
    .map((chat) => newsIn(chat, toldIn(chat, nowMs)))
    .toSorted((a, b) => b.newestMs - a.newestMs);

function newsIn(chat: Chat, told: Told): News {
  const { c, name, state, preview, newest, newsMs: newestMs, unread, mentioned } = chat;
  const isMuted = told === "nothing" || (told === "mentions" && mentioned === null);
  if (told === "mentions" && mentioned !== null) {
    const { text, account, writtenAtMs, count } = mentioned;
    const author = newest === null ? null : nameIn(newest.people, account);
    const is = { isRequest: false, isMuted };
    return { c, name, author, text, ...is, newestMs: writtenAtMs, unread: count };
  }
  const isRequest = state === "request";
  const isTold = preview !== null && !preview.own && !isRequest;
  const text = isTold && preview.text !== "" ? preview.text : null;
  const author = newest === null ? null : nameIn(newest.people, newest.author);
  return { c, name, author, text, isRequest, isMuted, newestMs, unread };
}
