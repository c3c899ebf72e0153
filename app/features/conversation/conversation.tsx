/**
 * One chat: its header, its messages, and where to write.
 *
 * [ACV1] Messages are marked read only when the person can see them: the tab is in front, and the
 * newest end of the chat is in view.
 */
import { type ReactElement, useCallback, useEffect, useState } from "react";

import { type Chat, mayWriteIn, readChat } from "../../db/chats.ts";
import type { People } from "../../db/people.ts";
import type { Receipts } from "../../db/receipts.ts";
import { persistOnce } from "../../platform/persistence.ts";
import { setPreferences } from "../../platform/preferences.ts";
import { useFirstLook } from "../../session/first-look.ts";
import { useSession } from "../../session/session.ts";
import { failureText } from "../../text/failure-text.ts";
import { texts } from "../../text/speech.ts";
import { useVisible } from "../../ui/use-live.ts";
import { useRows } from "../../ui/use-rows.ts";
import { useOwnDevices } from "../devices/use-own-devices.ts";
import { focusHeading, GroupDetails } from "../groups/group-details.tsx";
import { JoinsBar } from "../groups/joins.tsx";
import { DeviceOutNote, OutsideNote } from "../groups/outside-note.tsx";
import { ChatNotes } from "./chat-notes.tsx";
import { Composer, EditComposer } from "./composer.tsx";
import { ConversationHeader, GROUP_BUTTON_ID } from "./conversation-header.tsx";
import { PinnedBar } from "./marked-messages.tsx";
import { MessageInfo } from "./message-info.tsx";
import { MessageLog } from "./message-log.tsx";
import { focusMessage, MessagePanels } from "./message-panels.tsx";
import { openChat, type OpenedChat } from "./opened-chat.ts";
import { BlockedNote, RequestBanner } from "./request-banner.tsx";
import { useArrivals } from "./use-arrivals.ts";
import { type Doing, useDoing } from "./use-doing.ts";
import { useFullText } from "./use-full-text.ts";
import { useNewLine } from "./use-new-line.ts";
import { usePeople } from "./use-people.ts";
import { useReceipts } from "./use-receipts.ts";
import { type Shown, useTimeline } from "./use-timeline.ts";

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
  const [atBottom, setAtBottom] = useState(false);
  const timeline = useTimeline(c, opened.shown);
  const receipts = useReceipts(c, opened.receipts);
  const people = usePeople(chat, opened.people);
  const { shown } = timeline;
  const newLine = useNewLine(shown.rows, receipts.logs);
  const doing = useDoing(c, timeline);
  const { act } = doing.acts;

  useArrivals(chat, receipts, people);
  useMarkRead(chat, atBottom && shown.window.upTo === null);
  const { toLatest } = timeline;
  const { clear } = newLine;
  const onSent = useCallback(() => {
    toLatest();
    clear();
    persistOnce();
  }, [toLatest, clear]);
  const onReact = useCallback(
    (id: string, emoji: string, on: boolean) => act(id, { deed: "react", emoji, on }),
    [act],
  );
  return (
    <>
      <main className="pane">
        <Top chat={chat} people={people} doing={doing} />
        <MessageLog
          chat={chat}
          timeline={timeline}
          shown={shown}
          receipts={receipts}
          people={people}
          firstNewId={newLine.firstNewId}
          atBottom={atBottom}
          onAtBottom={setAtBottom}
          onMenu={doing.onMenu}
          onReact={mayWriteIn(chat) ? onReact : null}
          goingTo={doing.goingTo}
          onGo={doing.onGo}
          onInfo={doing.onInfo}
          onArrived={doing.onArrived}
        />
        <ChatNotes chat={chat} receipts={receipts} people={people} onGo={doing.onGo} />
        <WritingPlace chat={chat} people={people} shown={shown} doing={doing} onSent={onSent} />
        {doing.panel === null ? null : (
          <MessagePanels
            {...doing}
            panel={doing.panel}
            chat={chat}
            shown={shown}
            receipts={receipts}
            people={people}
            mayWrite={mayWriteIn(chat)}
          />
        )}
      </main>
      <Beside chat={chat} people={people} shown={shown} receipts={receipts} doing={doing} />
    </>
  );
}

type TopProps = Pick<PlaceProps, "chat" | "people" | "doing">;

/** Above the messages: whose chat it is, who wants to come in, what is pinned. */
const Top = ({ chat, people, doing }: TopProps): ReactElement => (
  <>
    <ConversationHeader
      chat={chat}
      people={people}
      onStarred={() => doing.onPanel({ type: "starred" })}
      isGroupOpen={doing.isGroupOpen}
      onGroup={() => (doing.isGroupOpen ? focusHeading() : doing.onGroup(true))}
    />
    <JoinsBar count={chat.group?.waiting ?? 0} onLook={() => doing.onGroup(true)} />
    <PinnedBar c={chat.c} onGo={doing.onGo} onAll={() => doing.onPanel({ type: "pinned" })} />
  </>
);

type BesideProps = Omit<PlaceProps, "onSent"> & { readonly receipts: Receipts };

/** Beside the conversation: what is known of a message, or of the group. */
function Beside(props: BesideProps): ReactElement | null {
  const { chat, shown, receipts, people, doing } = props;
  const { infoId, onInfo, isGroupOpen } = doing;
  const info = shown.rows.find(({ id }) => id === infoId);
  const isOpen = info !== undefined || isGroupOpen;
  const close = useCallback(() => {
    // Who is elsewhere, writing, stays there.
    const isElsewhere = document.querySelector(":is(.pane, .sidebar) :focus") !== null;
    onInfo(null);
    if (isElsewhere) return;
    if (isGroupOpen) document.getElementById(GROUP_BUTTON_ID)?.focus();
    else focusMessage(infoId);
  }, [isGroupOpen, infoId, onInfo]);
  useEscape(isOpen, close);
  if (isGroupOpen) {
    return (
      <GroupDetails
        c={chat.c}
        account={chat.account}
        takesFocus={!doing.isJustMade}
        onClose={close}
      />
    );
  }
  if (info === undefined) return null;
  return (
    <MessageInfo
      key={info.id}
      chat={chat}
      entry={info}
      view={shown.looks.get(info.id)?.view}
      receipts={receipts}
      people={people}
      onClose={close}
    />
  );
}

type PlaceProps = {
  readonly chat: Chat;
  readonly people: People;
  readonly shown: Shown;
  readonly doing: Doing;
  readonly onSent: () => void;
};

/** Below the messages: where one writes, or why one cannot. */
function WritingPlace({ chat, people, shown, doing, onSent }: PlaceProps): ReactElement {
  const { c, state } = chat;
  const withText = useFullText();
  const isOut = useOwnDevices()?.isOut ?? false;
  const { editing, acts, onAnswering, onEditing } = doing;
  // What was deleted meanwhile cannot be answered, and its words are not shown any more.
  const answeredState = shown.looks.get(doing.answering?.id ?? "")?.view.state;
  const answering = answeredState === "deleted" ? null : doing.answering;
  if (isOut) return <DeviceOutNote c={c} />;
  if (state === "request") return <RequestBanner chat={chat} />;
  if (state === "blocked") return <BlockedNote chat={chat} />;
  if (!mayWriteIn(chat)) return <OutsideNote chat={chat} people={people} />;
  const editLast = (): void => {
    const last = shown.rows.findLast(
      ({ id, own }) => own && shown.looks.get(id)?.view.state === "here",
    );
    if (last === undefined) return;
    const { id } = last;
    withText(shown.looks.get(id)?.view, (text) => onEditing({ id, text }));
  };
  return (
    <>
      <p className="failure acts-failure" role="alert">
        {acts.failure === null ? "" : failureText(acts.failure)}
      </p>
      {editing === null ? (
        <Composer
          c={c}
          answering={answering}
          onAnswering={onAnswering}
          onSent={onSent}
          onEditLast={editLast}
        />
      ) : (
        <EditComposer key={editing.id} c={c} {...editing} onDone={() => onEditing(null)} />
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
    if (seenUpTo > 0) void device.call("device", "markRead", c);
  }, [device, c, seenUpTo]);
}

function useEscape(open: boolean, close: () => void): void {
  useEffect(() => {
    if (!open) return undefined;
    const onKeyDown = (event: KeyboardEvent): void => {
      if (event.key !== "Escape" || event.defaultPrevented) return;
      // What lies above closes first.
      if (document.querySelector("dialog[open]") !== null) return;
      event.preventDefault();
      close();
    };
    // Before the shell's own Escape (shell/use-shortcuts.ts).
    document.addEventListener("keydown", onKeyDown);
    return () => document.removeEventListener("keydown", onKeyDown);
  }, [open, close]);
}
