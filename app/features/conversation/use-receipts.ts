/** What decides the states and the unread line of a chat: its logs and the receipts in it. */
import { useCallback } from "react";

import { readReceipts, type Receipts } from "../../db/receipts.ts";
import { useSession } from "../../session/session.ts";
import { useRows } from "../../ui/use-rows.ts";

/** `first`: as they were when the chat was opened. */
export function useReceipts(c: number, first: Receipts): Receipts {
  const { db } = useSession();
  const read = useCallback(() => readReceipts(db, c), [db, c]);
  return useRows(read, first) ?? first;
}
