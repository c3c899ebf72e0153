/** Everything that the first rendering of a chat shows, read at once: it is rendered once, and whole. */
import { type Chat, readChat } from "../../db/chats.ts";
import { readReceipts, type Receipts } from "../../db/receipts.ts";
import type { Db } from "../../db/tables.ts";
import { timeline } from "../../db/timeline.ts";
import { firstWindow, type Shown } from "./use-timeline.ts";

export type OpenedChat = {
  readonly chat: Chat;
  readonly receipts: Receipts;
  readonly shown: Shown;
};

/** Null: no such chat on this device. */
export async function openChat(db: Db, c: number): Promise<OpenedChat | null> {
  const [chat, receipts] = await Promise.all([readChat(db, c), readReceipts(db, c)]);
  if (chat === undefined) return null;
  const window = firstWindow(chat.unread);
  return { chat, receipts, shown: { rows: await timeline(db, c, window), window } };
}
