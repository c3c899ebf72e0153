/**
 * The list of chats.
 *
 * [ACL1] Each item is a link whose name begins with the chat's name and says how many messages are
 * unread. [ACL2] The open chat is marked as the current page. [ACL3] Who is shown is watched. [ACL4]
 * A chat with an unsent text says so, with its beginning. [ACL5] What is muted is not counted in the title,
 * and its own count stands back. [ACL6] Archived chats are in a part of their own, which opens. [ACL7] The
 * context menu of an item is the chat's. [ACL8] The line of a group says who wrote, or what happened. [ACL9]
 * Of an empty chat whose messages are still asked for nobody says that there are none.
 */
import { BellOff, Pin } from "lucide-react";
import { type MouseEvent, type ReactElement, useCallback, useEffect, useState } from "react";
import { Link } from "wouter";

import { isPinnedChat } from "../../../sync/thread/chat-marks.ts";
import { countUnread, isArchived, toldIn } from "../../db/chat-marks.ts";
import { type Chat, readChats } from "../../db/chats.ts";
import { nameIn } from "../../db/people.ts";
import { showUnread } from "../../platform/tab-title.ts";
import { useChatMenu } from "../../session/chat-menu.ts";
import { useFirstLook } from "../../session/first-look.ts";
import { useSession, useStatus } from "../../session/session.ts";
import { usePresence } from "../../session/use-presence.ts";
import { useWatch } from "../../session/use-watch.ts";
import { nameOf, previewText, seenText } from "../../text/chat-text.ts";
import { linesText } from "../../text/line-text.ts";
import { texts } from "../../text/speech.ts";
import { shortTime } from "../../text/times.ts";
import { Avatar } from "../../ui/avatar.tsx";
import { useNow } from "../../ui/use-live.ts";
import { useRows } from "../../ui/use-rows.ts";
import { useDraftLine } from "./draft-lines.ts";

/** Presence is followed for the chats on top: nobody sees more of them without scrolling. */
const WATCHED_MAX = 50;

/** Undefined while the rows are read. */
export function useChats(): readonly Chat[] | undefined {
  const { db } = useSession();
  const read = useCallback(() => readChats(db), [db]);
  return useRows(read, useFirstLook()?.chats);
}

type Props = { readonly chats: readonly Chat[]; readonly openC: number | null };

export function ChatList({ chats, openC }: Props): ReactElement {
  const now = useNow();
  const watched = watchedOf(chats, openC);
  const unread = countUnread(chats, now);
  const away = chats.filter((chat) => isArchived(chat, now));
  const [isOpen, setOpen] = useState(false);
  // The open chat is seen where it is.
  const showsAway = isOpen || away.some(({ c }) => c === openC);

  useWatch("list", watched);
  useEffect(() => showUnread(unread), [unread]);

  const items = (those: readonly Chat[]): readonly ReactElement[] =>
    those.map((chat) => (
      <li key={chat.c}>
        <ChatItem chat={chat} open={chat.c === openC} nowMs={now} />
      </li>
    ));
  const words = texts().chatMenu;
  return (
    <>
      <ul className="chats" aria-label={texts().chats.heading}>
        {items(chats.filter((chat) => !away.includes(chat)))}
      </ul>
      {away.length === 0 ? null : (
        <>
          <button
            type="button"
            className="archive-button"
            aria-expanded={showsAway}
            onClick={() => setOpen(!showsAway)}
          >
            {words.archived(away.length)}
          </button>
          {showsAway ? (
            <ul className="chats" aria-label={words.archived(away.length)}>
              {items(away)}
            </ul>
          ) : null}
        </>
      )}
    </>
  );
}

/** Accounts (hex). The open chat comes first, wherever it stands in the list. */
function watchedOf(chats: readonly Chat[], openC: number | null): readonly string[] {
  const known = chats.filter(({ kind, state }) => kind === "dm" && state === "accepted");
  const open = known.filter(({ c }) => c === openC);
  return [...open, ...known.filter(({ c }) => c !== openC)]
    .slice(0, WATCHED_MAX)
    .map(({ account }) => account)
    .toSorted();
}

type ItemProps = { readonly chat: Chat; readonly open: boolean; readonly nowMs: number };

function ChatItem({ chat, open, nowMs }: ItemProps): ReactElement {
  const { c, account, unread, recentMs } = chat;
  const { me } = useSession();
  const seen = usePresence(chat);
  const writers = useStatus(({ typing }) => (typing[c] ?? []).join(" "), "");
  const writing = writers !== "";
  const words = texts().chats;
  const name = nameOf(chat);
  const draft = useDraftLine(c, open);
  const line = writing ? writingText(chat, writers.split(" ")) : lineOf(chat, draft, me.account);
  const openMenu = useChatMenu();
  const isMuted = toldIn(chat, nowMs) !== "all";
  const isPinned = isPinnedChat(chat.marks);
  const onContextMenu = (event: MouseEvent): void => {
    event.preventDefault();
    const box = event.currentTarget.getBoundingClientRect();
    // By the keyboard it comes from nowhere.
    const isKey = event.clientX === 0 && event.clientY === 0;
    openMenu(c, isKey ? { x: box.left, y: box.bottom } : { x: event.clientX, y: event.clientY });
  };
  const told = [
    ...(unread === 0 ? [] : [words.unread(unread)]),
    ...(isMuted ? [texts().chatMenu.muted] : []),
    ...(isPinned ? [texts().chatMenu.pinned] : []),
    ...(seen.online ? [texts().conversation.online] : []),
  ];
  return (
    <Link
      href={`/chat/${c}`}
      className="chat-item"
      aria-current={open ? "page" : undefined}
      data-unread={unread > 0}
      data-muted={isMuted}
      onContextMenu={onContextMenu}
      title={seen.online || chat.state !== "accepted" ? undefined : seenText(seen, nowMs)}
    >
      <Avatar
        account={account}
        name={chat.name}
        online={seen.online}
        isGroup={chat.kind === "group"}
        picture={chat.group?.picture ?? null}
      />
      <span className="chat-item-name">
        <bdi>{name}</bdi> {/* What the badge and the dot show, in words. */}
        <span className="visually-hidden">{told.map((it) => `${it}, `).join("")}</span>
      </span>{" "}
      <span className="chat-item-line" dir="auto" data-writing={writing}>
        {line}
      </span>{" "}
      <span className="chat-item-side">
        {isMuted ? <BellOff aria-hidden="true" /> : null}
        {isPinned ? <Pin aria-hidden="true" /> : null}
        <time className="chat-item-time">{shortTime(recentMs, nowMs)}</time>
      </span>
      {unread > 0 ? (
        <span className="badge" aria-hidden="true">
          {unread}
        </span>
      ) : null}
    </Link>
  );
}

function lineOf(chat: Chat, draft: string, self: string): string {
  const { kind, state, preview, group, isAwaited } = chat;
  const words = texts().chats;
  if (state === "request") return words.request;
  if (state === "blocked") return words.blocked;
  if (draft !== "") return words.draft(draft);
  if (group?.joining === "waiting") return texts().groups.waiting;
  if (kind === "group") return groupLine(chat, self);
  if (preview !== null) {
    const text = previewText(preview);
    if (text === "") return texts().media.timer.heading;
    return preview.own && kind === "dm" && text === preview.text ? words.own(text) : text;
  }
  if (kind === "self") return words.selfHint;
  if (state === "invited") return words.waiting;
  return isAwaited ? words.awaited : words.nothingYet;
}

/** Of a group by name, where a name is known. */
const writingText = ({ newest }: Chat, accounts: readonly string[]): string =>
  newest === null
    ? texts().chats.writing
    : texts().groups.writing(accounts.map((it) => nameIn(newest.people, it)));

/** Who wrote the newest message, and what; or what happened. */
function groupLine({ preview, newest, isAwaited }: Chat, self: string): string {
  const words = texts().chats;
  if (newest !== null && newest.line !== null) {
    return linesText([newest.line], newest.people, self);
  }
  const text = preview === null ? "" : previewText(preview);
  if (preview === null || text === "") return isAwaited ? words.awaited : words.nothingYet;
  if (preview.own) return words.own(text);
  if (newest === null) return text;
  return texts().conversation.arrived(nameIn(newest.people, newest.author), text);
}
