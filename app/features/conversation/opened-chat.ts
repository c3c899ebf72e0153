/** Everything that the first rendering of a chat shows, read at once: it is rendered once, and whole. */
import { type Chat, readChat } from "../../db/chats.ts";
import { readMe } from "../../db/me.ts";
import { type People, readPeople } from "../../db/people.ts";
import { readReceipts, type Receipts } from "../../db/receipts.ts";
import type { Db } from "../../db/tables.ts";
import { firstWindow, readShown, type Shown } from "./use-timeline.ts";

export type OpenedChat = {
  readonly chat: Chat;
  readonly receipts: Receipts;
  readonly shown: Shown;
  readonly people: People;
};

/** Null: no such chat on this device. */
export async function openChat(db: Db, c: number): Promise<OpenedChat | null> {
  const [chat, receipts, me] = await Promise.all([
    readChat(db, c),
    readReceipts(db, c),
    readMe(db),
  ]);
  if (chat === undefined) return null;
  const [shown, people] = await Promise.all([
    readShown(db, c, firstWindow(chat.unread), me?.account ?? ""),
    readPeople(db, chat),
  ]);
  return { chat, receipts, shown, people };
}
