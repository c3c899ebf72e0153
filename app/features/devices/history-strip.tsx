/**
 * How far the history is that comes from another device of ours, as a determinate bar with its figures
 * (app/db/history.ts).
 */
import { type ReactElement, useCallback } from "react";

import { readArriving } from "../../db/history.ts";
import { useSession } from "../../session/session.ts";
import { texts } from "../../text/speech.ts";
import { useRows } from "../../ui/use-rows.ts";

export function HistoryStrip(): ReactElement | null {
  const { db } = useSession();
  const read = useCallback(() => readArriving(db), [db]);
  const arriving = useRows(read) ?? null;
  if (arriving === null) return null;
  const { held, all } = arriving;
  const words = texts().devices;
  return (
    <div className="strip strip-quiet history-strip">
      <span>{words.arriving}</span>
      <progress
        max={all}
        value={held}
        aria-label={words.arriving}
        aria-valuetext={words.arrivingOf(held, all)}
      />
      <span aria-hidden="true">{words.arrivingOf(held, all)}</span>
    </div>
  );
}
