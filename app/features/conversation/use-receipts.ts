/** What decides the states and the unread line of a chat: its logs and the receipts in it. */
import { useLiveQuery } from "dexie-react-hooks";

import { readReceipts, type Receipts } from "../../db/receipts.ts";
import { useSession } from "../../session/session.ts";

/** Undefined while they are read. */
export function useReceipts(c: number): Receipts | undefined {
  const { db } = useSession();
  return useLiveQuery(() => readReceipts(db, c), [db, c]);
}
