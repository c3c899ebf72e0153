/**
 * One chat: its header, its messages, and where to write.
 *
 * [ACV1] Messages are marked read only when the person can see them: the tab is in front, and the
 * newest end of the chat is in view.
 */
import { useLiveQuery } from "dexie-react-hooks";
import { type ReactElement, useCallback, useEffect, useState } from "react";

import { type Chat, readChat } from "../../db/chats.ts";
import { persistOnce } from "../../platform/persistence.ts";
import { setPreferences } from "../../platform/preferences.ts";
import { useSession } from "../../session/session.ts";
import { texts } from "../../text/speech.ts";
import { useVisible } from "../../ui/use-live.ts";
import { ChatNotes } from "./chat-notes.tsx";
import { Composer } from "./composer.tsx";
import { ConversationHeader } from "./conversation-header.tsx";
import { MessageInfo } from "./message-info.tsx";
import { MessageLog } from "./message-log.tsx";
import { BlockedNote, RequestBanner } from "./request-banner.tsx";
import { useArrivals } from "./use-arrivals.ts";
import { useNewLine } from "./use-new-line.ts";
import { useReceipts } from "./use-receipts.ts";
import { useTimeline, WINDOW_FIRST } from "./use-timeline.ts";

/** Some read messages stay in view above the first new one. */
const CONTEXT_ROWS = 20;

/** Give it `key={c}`: nothing of one chat may be seen in another. */
export function Conversation({ c }: { readonly c: number }): ReactElement {
  const { db } = useSession();
  const found = useLiveQuery(async () => ({ chat: await readChat(db, c) }), [db, c]);

  useEffect(() => setPreferences({ lastChat: c }), [c]);
  if (found === undefined) return <main className="pane" aria-busy="true" />;
  if (found.chat === undefined) {
    return (
      <main className="pane pane-empty">
        <p>{texts().conversation.notFound}</p>
      </main>
    );
  }
  return <OpenConversation chat={found.chat} />;
}

function OpenConversation({ chat }: { readonly chat: Chat }): ReactElement {
  const { c, unread, state } = chat;
  const [firstCount] = useState(() => (unread === 0 ? WINDOW_FIRST : unread + CONTEXT_ROWS));
  const [atBottom, setAtBottom] = useState(false);
  const [infoId, setInfoId] = useState<string | null>(null);
  const timeline = useTimeline(c, firstCount);
  const receipts = useReceipts(c);
  const { shown } = timeline;
  const newLine = useNewLine(shown?.rows, receipts?.logs);
  const info = shown?.rows.find(({ id }) => id === infoId);

  useArrivals(chat);
  useMarkRead(chat, atBottom && shown?.window.upTo === null);
  const { toLatest } = timeline;
  const { clear } = newLine;
  const onSent = useCallback(() => {
    toLatest();
    clear();
    persistOnce();
  }, [toLatest, clear]);
  const closeInfo = useCallback(() => {
    setInfoId(null);
    focusMessage(infoId);
  }, [infoId]);
  useEscape(info !== undefined, closeInfo);

  return (
    <>
      <main className="pane">
        <ConversationHeader chat={chat} />
        {shown === undefined || receipts === undefined ? (
          <div className="log" aria-busy="true" />
        ) : (
          <MessageLog
            chat={chat}
            timeline={timeline}
            shown={shown}
            receipts={receipts}
            firstNewId={newLine.firstNewId}
            atBottom={atBottom}
            onAtBottom={setAtBottom}
            onInfo={setInfoId}
          />
        )}
        {receipts === undefined ? null : <ChatNotes chat={chat} receipts={receipts} />}
        {state === "request" ? <RequestBanner chat={chat} /> : null}
        {state === "blocked" ? <BlockedNote chat={chat} /> : null}
        {state === "request" || state === "blocked" ? null : <Composer c={c} onSent={onSent} />}
      </main>
      {info === undefined || receipts === undefined ? null : (
        <MessageInfo
          key={info.id}
          chat={chat}
          entry={info}
          receipts={receipts}
          onClose={closeInfo}
        />
      )}
    </>
  );
}

function useMarkRead({ c, unread, arrivals, state }: Chat, endInView: boolean): void {
  const { device } = useSession();
  const visible = useVisible();
  const isSeen = visible && endInView && state !== "request" && unread > 0;
  // Not `unread`: it is the same when some were marked and as many came, between two looks.
  const seenUpTo = isSeen ? arrivals : 0;
  useEffect(() => {
    if (seenUpTo > 0) void device.ask({ type: "markRead", c });
  }, [device, c, seenUpTo]);
}

function useEscape(open: boolean, close: () => void): void {
  useEffect(() => {
    if (!open) return undefined;
    const onKeyDown = (event: KeyboardEvent): void => {
      if (event.key !== "Escape" || event.defaultPrevented) return;
      event.preventDefault();
      close();
    };
    // Before the shell's own Escape (shell/use-shortcuts.ts).
    document.addEventListener("keydown", onKeyDown);
    return () => document.removeEventListener("keydown", onKeyDown);
  }, [open, close]);
}

function focusMessage(id: string | null): void {
  if (id === null) return;
  document.querySelector<HTMLElement>(`[data-message="${CSS.escape(id)}"]`)?.focus();
}
