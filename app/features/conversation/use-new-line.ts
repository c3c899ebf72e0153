/**
 * Where the "new messages" line stands: before the first message that was unread when the person last
 * turned to the chat.
 *
 * [NL1] It stays while they read, although everything below is read by then. [NL2] It is drawn anew
 * when they come back to the tab, and goes when they write.
 */
import { useCallback, useState } from "react";

import type { EntryRow, LogRow } from "../../../sync/store/rows.ts";
import { isUnread, type ReadVector, readVectorOf } from "../../db/unread.ts";
import { useVisible } from "../../ui/use-live.ts";

type NewLine = {
  /** The first new message among the rows; null = no line. */
  readonly firstNewId: string | null;
  readonly clear: () => void;
};

export function useNewLine(
  rows: readonly EntryRow[] | undefined,
  logs: readonly LogRow[] | undefined,
): NewLine {
  const visible = useVisible();
  /** Null: take the next read vector that comes. */
  const [vector, setVector] = useState<ReadVector | null>(null);

  // While the tab is away nothing is marked read, so the vector on coming back is what was seen.
  if (!visible && vector !== null) setVector(null);
  if (visible && vector === null && logs !== undefined) setVector(readVectorOf(logs));

  const clear = useCallback(() => setVector(null), []);
  const seen = vector ?? (logs === undefined ? null : readVectorOf(logs));
  const first = seen === null ? undefined : rows?.find((row) => isUnread(row, seen));
  return { firstNewId: first?.id ?? null, clear };
}
