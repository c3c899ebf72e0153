/** The messages of a chat: the list, its scrolling, and what is said about what is out of view. */
import { ArrowDown } from "lucide-react";
import {
  type ReactElement,
  type RefObject,
  useCallback,
  useLayoutEffect,
  useMemo,
  useRef,
} from "react";

import { assert } from "../../../crypto/base/assert.ts";
import type { EntryRow } from "../../../sync/store/rows.ts";
import { type Chat, mayWriteIn } from "../../db/chats.ts";
import { isLine } from "../../db/lines.ts";
import type { Spot } from "../../db/looks.ts";
import { messageStateOf } from "../../db/message-state.ts";
import { nameIn, type People } from "../../db/people.ts";
import type { Receipts } from "../../db/receipts.ts";
import { useSession } from "../../session/session.ts";
import { linesText } from "../../text/line-text.ts";
import { texts } from "../../text/speech.ts";
import type { Point } from "../../ui/menu.tsx";
import { useNow } from "../../ui/use-live.ts";
import { type Item, itemsOf, standingOf } from "./grouping.ts";
import { MessageItem } from "./message-item.tsx";
import { MessageLine } from "./message-line.tsx";
import { ScrollKeeper } from "./scroll-keeper.tsx";
import { useMenuOpening } from "./use-menu-opening.ts";
import { useRoving } from "./use-roving.ts";
import type { Shown, Timeline } from "./use-timeline.ts";

type Props = {
  readonly chat: Chat;
  readonly timeline: Timeline;
  readonly shown: Shown;
  readonly receipts: Receipts;
  readonly people: People;
  readonly firstNewId: string | null;
  readonly atBottom: boolean;
  readonly onAtBottom: (atBottom: boolean) => void;
  readonly onMenu: (id: string, at: Point) => void;
  readonly onReact: ((id: string, emoji: string, on: boolean) => void) | null;
  /** To this message, when its window is there. */
  readonly goingTo: Spot | null;
  readonly onGo: (spot: Spot) => void;
  readonly onInfo: (id: string) => void;
  readonly onArrived: () => void;
};

export function MessageLog(props: Props): ReactElement {
  const { chat, timeline, shown, firstNewId, atBottom, onAtBottom } = props;
  const { rows, window } = shown;
  const keeper = useRef<ScrollKeeper>(null);
  const list = useRef<HTMLOListElement>(null);
  const roving = useRoving(list);
  const opening = useMenuOpening(useMessageMenu(props));
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
        {rows.length === 0 && mayWriteIn(chat) ? <Empty chat={chat} /> : null}
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

/** Nothing can be done with a line. */
function useMessageMenu({ shown, onMenu }: Props): Props["onMenu"] {
  const { lines } = shown;
  return useCallback(
    (id, at) => {
      if (!lines.has(id)) onMenu(id, at);
    },
    [lines, onMenu],
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
  const { shown, receipts, activeId } = props;
  const { rows, lines } = shown;
  const { me } = useSession();
  const nowMs = useNow();
  const items = useMemo(() => itemsOf(rows, lines), [rows, lines]);
  const firstRows = items.map(firstRowOf);
  const active = firstRows.find(({ id }) => id === activeId) ?? firstRows.at(-1);
  const authorOf = (a: number): string => receipts.logByNumber.get(a)?.account ?? "";
  const lastOwn = rows.findLast((row) => row.own && !isLine(row))?.id;
  return items.map((item, i) => {
    const entry = firstRowOf(item);
    const [before, after] = [items[i - 1], items[i + 1]];
    const standing = standingOf(entry, before && lastRowOf(before), authorOf);
    const isActive = entry.id === active?.id;
    if (item.type === "lines") {
      return (
        <MessageLine
          key={entry.id}
          id={entry.id}
          text={linesText(item.lines, props.people, me.account)}
          writtenAtMs={entry.writtenAtMs}
          startsDay={standing.startsDay}
          active={isActive}
          nowMs={nowMs}
        />
      );
    }
    const endsGroup =
      after?.type !== "message" || standingOf(after.entry, entry, authorOf).startsGroup;
    return (
      <Row
        key={entry.id}
        {...props}
        {...standing}
        entry={entry}
        account={authorOf(entry.a)}
        endsGroup={endsGroup}
        spelled={entry.id === lastOwn}
        active={isActive}
        nowMs={nowMs}
      />
    );
  });
}

const firstRowOf = (item: Item): EntryRow => {
  const [first] = item.type === "message" ? [item.entry] : item.rows;
  assert(first !== undefined, "an item has a row");
  return first;
};
const lastRowOf = (item: Item): EntryRow =>
  item.type === "message" ? item.entry : (item.rows.at(-1) ?? firstRowOf(item));

type RowProps = Props & {
  readonly entry: EntryRow;
  /** Its author. */
  readonly account: string;
  readonly startsDay: boolean;
  readonly startsGroup: boolean;
  readonly endsGroup: boolean;
  readonly spelled: boolean;
  readonly active: boolean;
  readonly nowMs: number;
};

function Row(props: RowProps): ReactElement {
  const { chat, receipts, shown, entry, account, people } = props;
  const { me } = useSession();
  const look = shown.looks.get(entry.id);
  const { quote } = look ?? { quote: null };
  const quoted = quote?.target ?? null;
  const answered = quoted === null ? undefined : receipts.logByNumber.get(quoted.a)?.account;
  return (
    <MessageItem
      entry={entry}
      look={look}
      deletedText={deletedText(look?.view.deletedBy ?? account, account, me.account, people)}
      people={people}
      author={entry.own ? texts().you : nameIn(people, account)}
      colourOf={chat.kind === "group" && !entry.own ? account : null}
      answered={quoted?.own === true ? texts().you : nameIn(people, answered ?? "")}
      state={entry.own ? messageStateOf(entry, look?.view, receipts, chat.kind) : null}
      startsDay={props.startsDay}
      startsGroup={props.startsGroup}
      endsGroup={props.endsGroup}
      firstNew={entry.id === props.firstNewId}
      spelled={props.spelled}
      active={props.active}
      nowMs={props.nowMs}
      onMenu={props.onMenu}
      onReact={props.onReact}
      onGo={props.onGo}
      onInfo={props.onInfo}
    />
  );
}

/** `by`: who deleted it; `author`: who wrote it. */
function deletedText(by: string, author: string, self: string, people: People): string {
  const words = texts().actions;
  if (by === self) return words.deletedByYou;
  return by === author ? words.deleted : texts().groups.deletedBy(nameIn(people, by));
}

function Empty({ chat }: { readonly chat: Chat }): ReactElement {
  const { emptySelf, emptyDm, emptyAwaited } = texts().conversation;
  const { startsHere } = texts().groups;
  const words = { self: emptySelf, dm: emptyDm(chat.name), group: startsHere(chat.name) };
  const isAwaited = chat.isAwaited && chat.kind !== "self";
  return <p className="log-empty">{isAwaited ? emptyAwaited : words[chat.kind]}</p>;
}

const rowOf = (list: HTMLElement | null, id: string): HTMLElement | null =>
  list?.querySelector<HTMLElement>(`[data-message="${CSS.escape(id)}"]`) ?? null;
