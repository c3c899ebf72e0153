/**
 * What came since the person last looked, as a notification tells it.
 *
 * [ANW1] A chat with something unread of somebody else, once, with its newest message. [ANW2] Nothing of
 * people who were blocked, and of strangers who ask only that they do.
 */
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
  /** When the newest message was written. */
  readonly newestMs: number;
  readonly unread: number;
};

/** Newest chat first. */
export const readNews = async (db: Db): Promise<readonly News[]> => newsOf(await readChats(db));

/** In the order of the chats. */
export const newsOf = (chats: readonly Chat[]): readonly News[] =>
  chats
    .filter(({ kind, state, unread }) => kind !== "self" && state !== "blocked" && unread > 0)
    .map(({ c, name, state, preview, newest, recentMs: newestMs, unread }) => {
      const isRequest = state === "request";
      const isTold = preview !== null && !preview.own && !isRequest;
      const text = isTold && preview.text !== "" ? preview.text : null;
      const author = newest === null ? null : nameIn(newest.people, newest.author);
      return { c, name, author, text, isRequest, newestMs, unread };
    });
