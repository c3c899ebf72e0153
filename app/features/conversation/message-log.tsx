/** The messages of a chat: the list, its scrolling, and what is said about what is out of view. */
import { ArrowDown } from "lucide-react";
import { type ReactElement, type RefObject, useCallback, useLayoutEffect, useRef } from "react";

import type { Chat } from "../../db/chats.ts";
import type { Spot } from "../../db/looks.ts";
import { messageStateOf } from "../../db/message-state.ts";
import type { Receipts } from "../../db/receipts.ts";
import { texts } from "../../text/speech.ts";
import type { Point } from "../../ui/menu.tsx";
import { useNow } from "../../ui/use-live.ts";
import { standingOf } from "./grouping.ts";
import { MessageItem } from "./message-item.tsx";
import { ScrollKeeper } from "./scroll-keeper.tsx";
import { useMenuOpening } from "./use-menu-opening.ts";
import { useRoving } from "./use-roving.ts";
import type { Shown, Timeline } from "./use-timeline.ts";

type Props = {
  readonly chat: Chat;
  readonly timeline: Timeline;
  readonly shown: Shown;
  readonly receipts: Receipts;
  readonly firstNewId: string | null;
  readonly atBottom: boolean;
  readonly onAtBottom: (atBottom: boolean) => void;
  readonly onMenu: (id: string, at: Point) => void;
  readonly onReact: ((id: string, emoji: string, on: boolean) => void) | null;
  /** To this message, when its window is there. */
  readonly goingTo: Spot | null;
  readonly onGo: (spot: Spot) => void;
  readonly onArrived: () => void;
};

export function MessageLog(props: Props): ReactElement {
  const { chat, timeline, shown, firstNewId, atBottom, onAtBottom } = props;
  const { rows, window } = shown;
  const keeper = useRef<ScrollKeeper>(null);
  const list = useRef<HTMLOListElement>(null);
  const roving = useRoving(list);
  const opening = useMenuOpening(props.onMenu);
  const { freeze, later, older, toLatest } = timeline;
  const following = window.upTo === null;

  // A chat opens at what is new, if that is out of view at the bottom.
  const opened = useRef(false);
  useLayoutEffect(() => {
    if (opened.current || rows.length === 0) return;
    opened.current = true;
    const first = firstNewId === null ? null : rowOf(list.current, firstNewId);
    if (first !== null) keeper.current?.scrollTo(first);
  }, [rows, firstNewId]);

  const noteBottom = useCallback(
    (now: boolean) => {
      onAtBottom(now);
      if (now) later();
      else freeze();
    },
    [onAtBottom, later, freeze],
  );
  useLayoutEffect(() => {
    if (window.jump > 0) keeper.current?.scrollToBottom();
  }, [window.jump]);

  useGoing(list, keeper, props);

  return (
    <div className="log">
      <ScrollKeeper
        ref={keeper}
        follows={following}
        itemSelector="[data-message]"
        onAtBottom={noteBottom}
        onNearTop={older}
        onNearBottom={later}
      >
        {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- arrow keys of its items */}
        <ol
          ref={list}
          className="messages"
          aria-label={texts().conversation.messages}
          {...opening}
          onKeyDown={(event) => {
            opening.onKeyDown(event);
            roving.onKeyDown(event);
          }}
          onFocus={roving.onFocus}
        >
          <Rows {...props} activeId={roving.activeId} />
        </ol>
        {rows.length === 0 ? <Empty chat={chat} /> : null}
      </ScrollKeeper>
      {atBottom && following ? null : (
        <button type="button" className="jump-button" onClick={toLatest}>
          <ArrowDown aria-hidden="true" />
          {chat.unread > 0
            ? texts().conversation.newMessages(chat.unread)
            : texts().conversation.jumpToLatest}
        </button>
      )}
    </div>
  );
}

/** Goes to a message as soon as it is in the document. */
function useGoing(
  list: RefObject<HTMLElement | null>,
  keeper: RefObject<ScrollKeeper | null>,
  { shown, goingTo, onArrived }: Props,
): void {
  const goal = shown.rows.find(({ id }) => id === goingTo?.id)?.id;
  useLayoutEffect(() => {
    const element = goal === undefined ? null : rowOf(list.current, goal);
    if (element === null) return;
    keeper.current?.scrollTo(element);
    element.focus({ preventScroll: true });
    onArrived();
  }, [list, keeper, goal, onArrived]);
}

function Rows(props: Props & { readonly activeId: string | null }): ReactElement[] {
  const { chat, receipts, firstNewId, activeId, onMenu, onReact, onGo } = props;
  const { rows, looks } = props.shown;
  const nowMs = useNow();
  const active = rows.some(({ id }) => id === activeId) ? activeId : rows.at(-1)?.id;
  const lastOwn = rows.findLast(({ own }) => own)?.id;
  return rows.map((entry, i) => {
    const after = rows[i + 1];
    const log = receipts.logByNumber.get(entry.a);
    const state =
      entry.own && log !== undefined
        ? messageStateOf(entry.s, log, receipts.cursors, chat.kind)
        : null;
    return (
      <MessageItem
        key={entry.id}
        entry={entry}
        look={looks.get(entry.id)}
        name={chat.name}
        author={entry.own ? texts().you : chat.name}
        state={state}
        {...standingOf(entry, rows[i - 1])}
        endsGroup={after === undefined || standingOf(after, entry).startsGroup}
        firstNew={entry.id === firstNewId}
        spelled={entry.id === lastOwn}
        active={entry.id === active}
        nowMs={nowMs}
        onMenu={onMenu}
        onReact={onReact}
        onGo={onGo}
      />
    );
  });
}

function Empty({ chat }: { readonly chat: Chat }): ReactElement {
  const { emptySelf, emptyDm } = texts().conversation;
  return <p className="log-empty">{chat.kind === "self" ? emptySelf : emptyDm(chat.name)}</p>;
}

const rowOf = (list: HTMLElement | null, id: string): HTMLElement | null =>
  list?.querySelector<HTMLElement>(`[data-message="${CSS.escape(id)}"]`) ?? null;
