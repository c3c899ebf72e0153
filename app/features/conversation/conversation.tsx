/**
 * One chat: its header, its messages, and where to write.
 *
 * [ACV1] Messages are marked read only when the person can see them: the tab is in front, and the
 * newest end of the chat is in view.
 */
import { type ReactElement, useCallback, useEffect, useState } from "react";

import { type Chat, readChat } from "../../db/chats.ts";
import { persistOnce } from "../../platform/persistence.ts";
import { setPreferences } from "../../platform/preferences.ts";
import { useFirstLook } from "../../session/first-look.ts";
import { useSession } from "../../session/session.ts";
import { texts } from "../../text/speech.ts";
import { useVisible } from "../../ui/use-live.ts";
import { useRows } from "../../ui/use-rows.ts";
import { ChatNotes } from "./chat-notes.tsx";
import { Composer } from "./composer.tsx";
import { ConversationHeader } from "./conversation-header.tsx";
import { MessageInfo } from "./message-info.tsx";
import { MessageLog } from "./message-log.tsx";
import { openChat, type OpenedChat } from "./opened-chat.ts";
import { BlockedNote, RequestBanner } from "./request-banner.tsx";
import { useArrivals } from "./use-arrivals.ts";
import { useNewLine } from "./use-new-line.ts";
import { useReceipts } from "./use-receipts.ts";
import { useTimeline } from "./use-timeline.ts";

/** Give it `key={c}`: nothing of one chat may be seen in another. */
export function Conversation({ c }: { readonly c: number }): ReactElement {
  const opened = useOpened(c);

  useEffect(() => setPreferences({ lastChat: c }), [c]);
  if (opened === undefined) return <main className="pane" aria-busy="true" />;
  if (opened === null) {
    return (
      <main className="pane pane-empty">
        <p>{texts().conversation.notFound}</p>
      </main>
    );
  }
  return <OpenConversation opened={opened} />;
}

/** As the chat was when it was found; until then it is looked for. Undefined: nobody looked yet. */
function useOpened(c: number): OpenedChat | null | undefined {
  const { db } = useSession();
  const { opened } = useFirstLook() ?? { opened: null };
  const [first] = useState(opened?.chat.c === c ? opened : undefined);
  const [found, setFound] = useState(first !== undefined);
  const read = useCallback(() => openChat(db, c), [db, c]);
  const now = useRows<OpenedChat | null>(found ? null : read, first);
  if (!found && now !== undefined && now !== null) setFound(true);
  return now;
}

function OpenConversation({ opened }: { readonly opened: OpenedChat }): ReactElement {
  const { db } = useSession();
  const { c } = opened.chat;
  const read = useCallback(async () => (await readChat(db, c)) ?? opened.chat, [db, c, opened]);
  const chat = useRows(read, opened.chat) ?? opened.chat;
  const { state } = chat;
  const [atBottom, setAtBottom] = useState(false);
  const [infoId, setInfoId] = useState<string | null>(null);
  const timeline = useTimeline(c, opened.shown);
  const receipts = useReceipts(c, opened.receipts);
  const { shown } = timeline;
  const newLine = useNewLine(shown.rows, receipts.logs);
  const info = shown.rows.find(({ id }) => id === infoId);

  useArrivals(chat);
  useMarkRead(chat, atBottom && shown.window.upTo === null);
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
        <ChatNotes chat={chat} receipts={receipts} />
        {state === "request" ? <RequestBanner chat={chat} /> : null}
        {state === "blocked" ? <BlockedNote chat={chat} /> : null}
        {state === "request" || state === "blocked" ? null : <Composer c={c} onSent={onSent} />}
      </main>
      {info === undefined ? null : (
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
