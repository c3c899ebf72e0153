/**
 * Reads out what others write into the open chat.
 *
 * [AAR1] Only what arrives while the chat is open: never history, neither what is loaded nor what was asked for
 * and comes in above. [AAR2] Many at once are counted, not read. [AAR3] What a group tells of itself is read as a sentence.
 */
import { useEffect, useRef } from "react";

import type { EntryRow } from "../../../sync/store/rows.ts";
import { arrivedAfter } from "../../db/arrivals.ts";
import type { Chat } from "../../db/chats.ts";
import { isLine, type Lines, readLines } from "../../db/lines.ts";
import { nameIn, type People } from "../../db/people.ts";
import type { Receipts } from "../../db/receipts.ts";
import { useSession } from "../../session/session.ts";
import { linesText } from "../../text/line-text.ts";
import { texts } from "../../text/speech.ts";
import { useAnnounce } from "../../ui/announcer.tsx";
import { itemsOf } from "./grouping.ts";

const READ_OUT_MAX = 3;
/** Of quiet: what comes in one go is one sentence, and is read from the database once. */
const READ_OUT_AFTER_MS = 200;
/** Nobody wants 32 KB read out unasked; the message itself is in the log. */
const READ_OUT_CHARS_MAX = 300;

type Heard = Pick<Chat, "arrivals" | "lastH" | "isAwaited">;

export function useArrivals(chat: Chat, receipts: Receipts, people: People): void {
  const { c, arrivals, lastH, isAwaited } = chat;
  const { db, me } = useSession();
  const announce = useAnnounce();
  // What is known when it is read out, and no reason to read anything out.
  const known = useRef({ receipts, people });
  useEffect(() => {
    known.current = { receipts, people };
  });
  const heard = useRef<Heard | null>(null);

  useEffect(() => {
    const now = { arrivals, lastH, isAwaited };
    const before = (heard.current ??= now);
    if (arrivals <= before.arrivals) return undefined;
    const readOut = async (): Promise<void> => {
      heard.current = now;
      const arrived = await arrivedAfter(db, c, before.arrivals);
      const mayBeHistory = isAwaited || before.isAwaited;
      const rows = mayBeHistory ? arrived.filter(({ h }) => h > before.lastH) : arrived;
      const lines = await readLines(db, rows);
      const sentence = sentenceOf(rows, lines, { ...known.current, self: me.account });
      if (sentence !== "") announce(sentence);
    };
    // What cannot be read is not read out; that the storage is gone is said elsewhere.
    const timer = setTimeout(() => void readOut().catch(() => undefined), READ_OUT_AFTER_MS);
    return () => clearTimeout(timer);
  }, [db, c, arrivals, lastH, isAwaited, me, announce]);
}

type Known = { readonly receipts: Receipts; readonly people: People; readonly self: string };

function sentenceOf(
  rows: readonly EntryRow[],
  lines: Lines,
  { receipts, people, self }: Known,
): string {
  const words = texts().conversation;
  const messages = rows.filter((row) => !isLine(row));
  if (messages.length > READ_OUT_MAX) return words.newMessages(messages.length);
  return itemsOf(rows, lines)
    .slice(0, READ_OUT_MAX)
    .map((item) => {
      if (item.type === "lines") return linesText(item.lines, people, self);
      const { a, text } = item.entry;
      const author = nameIn(people, receipts.logByNumber.get(a)?.account ?? "");
      return words.arrived(author, text.slice(0, READ_OUT_CHARS_MAX));
    })
    .join(" ");
}
