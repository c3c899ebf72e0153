/**
 * Where the "new messages" line stands: before the first message that was unread when the person
 * turned to the chat.
 *
 * [ANL1] It stays while they read, although everything below is read by then. [ANL2] What arrives
 * under their eyes draws no line. [ANL3] It is drawn anew when they come back to the tab, and goes
 * when they write.
 */
import { useCallback, useState } from "react";

import type { EntryRow, LogRow } from "../../../sync/store/rows.ts";
import { isUnread, readVectorOf } from "../../db/unread.ts";
import { useVisible } from "../../ui/use-live.ts";

type NewLine = {
  /** The first new message; null = no line. */
  readonly firstNewId: string | null;
  readonly clear: () => void;
};

/** Where the line stands since the person turned to the chat; undefined = they are away. */
type Drawn = { readonly id: string | null } | undefined;

export function useNewLine(rows: readonly EntryRow[], logs: readonly LogRow[]): NewLine {
  const visible = useVisible();
  const [drawn, setDrawn] = useState<Drawn>();

  // While the tab is away nothing is marked read, so what is unread on coming back is what is new.
  if (!visible && drawn !== undefined) setDrawn(undefined);
  if (visible && drawn === undefined) setDrawn({ id: firstUnread(rows, logs) });

  const clear = useCallback(() => setDrawn({ id: null }), []);
  const now = drawn ?? { id: firstUnread(rows, logs) };
  return { firstNewId: now.id, clear };
}

function firstUnread(rows: readonly EntryRow[], logs: readonly LogRow[]): string | null {
  const vector = readVectorOf(logs);
  return rows.find((row) => isUnread(row, vector))?.id ?? null;
}
