/**
 * What decides the states and the unread line of a chat: its logs and the receipts in it. [ARR1] Who does not
 * tell what they have read is not told what others have.
 */
import { useCallback, useMemo } from "react";

import { readReceipts, type Receipts } from "../../db/receipts.ts";
import { useSession } from "../../session/session.ts";
import { useSettings } from "../../session/settings.tsx";
import { useRows } from "../../ui/use-rows.ts";

/** `first`: as they were when the chat was opened. */
export function useReceipts(c: number, first: Receipts): Receipts {
  const { db } = useSession();
  const { receiptsSent } = useSettings();
  const read = useCallback(() => readReceipts(db, c), [db, c]);
  const receipts = useRows(read, first) ?? first;
  return useMemo(() => (receiptsSent ? receipts : untold(receipts)), [receipts, receiptsSent]);
}

const untold = (receipts: Receipts): Receipts => ({
  ...receipts,
  cursors: receipts.cursors.map((cursor) => ({ ...cursor, read: [] })),
});
