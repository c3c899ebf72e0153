/**
 * Quiet lines above the composer: messages that are known to be missing, and a session that had to
 * be begun anew. Both mend themselves; the person should know all the same.
 *
 * [ANO1] What is only on its way is not talked about. [ANO2] A new session is told for a day.
 */
import { type ReactElement, useCallback } from "react";

import type { Chat } from "../../db/chats.ts";
import type { Receipts } from "../../db/receipts.ts";
import { missingMessages, sessionResetMs } from "../../db/troubles.ts";
import { useSession } from "../../session/session.ts";
import { texts } from "../../text/speech.ts";
import { fullTime } from "../../text/times.ts";
import { useLate, useNow } from "../../ui/use-live.ts";
import { useRows } from "../../ui/use-rows.ts";

/** Most holes are envelopes on their way: they are filled, or asked for, within this. */
const MISSING_SHOWN_AFTER_MS = 5_000;
const RESET_SHOWN_MS = 86_400_000;

type Props = { readonly chat: Chat; readonly receipts: Receipts };

export function ChatNotes({ chat, receipts }: Props): ReactElement {
  const { db } = useSession();
  const nowMs = useNow();
  const { account } = chat;
  const read = useCallback(() => sessionResetMs(db, account), [db, account]);
  const resetMs = useRows(read) ?? 0;
  const missing = missingMessages(receipts.logs);
  const isMissing = useLate(missing > 0, MISSING_SHOWN_AFTER_MS);
  const words = texts().conversation;
  return (
    <div className="chat-notes" role="status">
      {isMissing && missing > 0 ? <p>{words.missing(missing)}</p> : null}
      {resetMs > nowMs - RESET_SHOWN_MS ? (
        <p>{words.sessionReset(chat.name, fullTime(resetMs))}</p>
      ) : null}
    </div>
  );
}
