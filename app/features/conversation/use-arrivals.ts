/**
 * Reads out what others write into the open chat.
 *
 * [AAR1] Only what arrives while the chat is open: never history that is loaded. [AAR2] Many at
 * once are counted, not read.
 */
import { useEffect, useRef } from "react";

import type { EntryRow } from "../../../sync/store/rows.ts";
import { arrivedAfter } from "../../db/arrivals.ts";
import type { Chat } from "../../db/chats.ts";
import { useSession } from "../../session/session.ts";
import { texts } from "../../text/speech.ts";
import { useAnnounce } from "../../ui/announcer.tsx";

const READ_OUT_MAX = 3;
/** Of quiet: what comes in one go is one sentence, and is read from the database once. */
const READ_OUT_AFTER_MS = 200;
/** Nobody wants 32 KB read out unasked; the message itself is in the log. */
const READ_OUT_CHARS_MAX = 300;

export function useArrivals({ c, name, arrivals }: Chat): void {
  const { db } = useSession();
  const announce = useAnnounce();
  const heard = useRef<number | null>(null);

  useEffect(() => {
    const after = (heard.current ??= arrivals);
    if (arrivals <= after) return undefined;
    const readOut = async (): Promise<void> => {
      heard.current = arrivals;
      const sentence = sentenceOf(await arrivedAfter(db, c, after), name);
      if (sentence !== "") announce(sentence);
    };
    // What cannot be read is not read out; that the storage is gone is said elsewhere.
    const timer = setTimeout(() => void readOut().catch(() => undefined), READ_OUT_AFTER_MS);
    return () => clearTimeout(timer);
  }, [db, c, arrivals, name, announce]);
}

function sentenceOf(rows: readonly EntryRow[], author: string): string {
  const words = texts().conversation;
  if (rows.length > READ_OUT_MAX) return words.newMessages(rows.length);
  return rows.map(({ text }) => words.arrived(author, text.slice(0, READ_OUT_CHARS_MAX))).join(" ");
}
