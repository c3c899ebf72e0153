/**
 * What the person settled about a chat, as the list and the notifications heed it.
 *
 * [ACM1] Pinned chats stand on top, and archived ones in a part of their own until something new comes.
 * [ACM2] A muted chat is not counted and not told; where messages that name the person are still told, the
 * newest such message that is unread is.
 */
import { Dexie } from "dexie";

import { fromHex } from "../../crypto/base/hex.ts";
import type { ChannelRow, EntryRow } from "../../sync/store/rows.ts";
import {
  type ChatMarks,
  isPinnedChat,
  isPutAway,
  LEVEL_MENTIONS,
  NO_MARKS,
  type Told,
  toldOf,
} from "../../sync/thread/chat-marks.ts";
import { isMentioned } from "../../sync/thread/mentions.ts";
import type { Chat } from "./chats.ts";
import { chatMarksOf, type Db, entriesOf, logsOf } from "./tables.ts";
import { isUnread, readVectorOf } from "./unread.ts";

/** By channel id. */
export type MarksById = ReadonlyMap<string, ChatMarks>;

/** Messages that name the person, unread in a chat that tells of those alone. */
export type Mentioned = {
  /** The newest one's, and who wrote it (hex). */
  readonly text: string;
  readonly account: string;
  readonly writtenAtMs: number;
  readonly count: number;
};

/** Newest messages that are looked at for one that names the person. */
const LOOKED_AT_MAX = 200;

export async function readMarks(db: Db): Promise<MarksById> {
  const rows = await chatMarksOf(db).toArray();
  return new Map(rows.map(({ id, marks }) => [id, marks]));
}

export const marksIn = (marks: MarksById, id: string): ChatMarks => marks.get(id) ?? NO_MARKS;

/** Null: the chat tells of everything or nothing, or nobody named them. `self`: our account. */
export async function readMentioned(
  db: Db,
  { c, unread }: ChannelRow,
  { muted }: ChatMarks,
  self: string,
): Promise<Mentioned | null> {
  const isAsked = muted !== null && muted.value.untilMs > 0 && unread > 0;
  const account = fromHex(self);
  if (c === undefined || !isAsked || muted.value.level !== LEVEL_MENTIONS || !account.ok)
    return null;
  const logs = await logsOf(db).where("c").equals(c).toArray();
  const vector = readVectorOf(logs);
  const newest = await entriesOf(db)
    .where("[c+shown+h+b+s]")
    .between([c, 1, Dexie.minKey], [c, 1, Dexie.maxKey])
    .reverse()
    .limit(LOOKED_AT_MAX)
    .toArray();
  const found = newest.filter((row) => isUnread(row, vector) && names(row, account.value));
  const [first] = found;
  if (first === undefined) return null;
  const writer = logs.find(({ a }) => a === first.a)?.account ?? "";
  const { text, writtenAtMs } = first;
  return { text, account: writer, writtenAtMs, count: found.length };
}

const names = ({ text, extra }: EntryRow, account: Uint8Array): boolean =>
  isMentioned(text, extra?.mentions ?? [], account);

export const toldIn = ({ marks }: Pick<Chat, "marks">, nowMs: number): Told => toldOf(marks, nowMs);

export const isArchived = (
  { marks, lastH }: Pick<Chat, "marks" | "lastH">,
  nowMs: number,
): boolean => isPutAway(marks, lastH, nowMs);

/** As `Array.prototype.sort` wants it: pinned ones first. */
export const comparePinned = (a: Pick<Chat, "marks">, b: Pick<Chat, "marks">): number =>
  Number(isPinnedChat(b.marks)) - Number(isPinnedChat(a.marks));

/** What is unread where the person wants to hear of it. */
export const countUnread = (
  chats: readonly Pick<Chat, "marks" | "unread" | "mentioned">[],
  nowMs: number,
): number => chats.reduce((sum, chat) => sum + countedIn(chat, nowMs), 0);

function countedIn(chat: Pick<Chat, "marks" | "unread" | "mentioned">, nowMs: number): number {
  const told = toldIn(chat, nowMs);
  if (told === "mentions") return chat.mentioned?.count ?? 0;
  return told === "all" ? chat.unread : 0;
}
