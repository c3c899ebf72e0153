/**
 * The list of chats.
 *
 * [ACL1] Each item is a link whose name begins with the chat's name and says how many messages are
 * unread. [ACL2] The open chat is marked as the current page. [ACL3] Who is shown is watched.
 */
import { useLiveQuery } from "dexie-react-hooks";
import { type ReactElement, useEffect } from "react";
import { Link } from "wouter";

import { type Chat, readChats } from "../../db/chats.ts";
import { showUnread } from "../../platform/tab-title.ts";
import { useSession, useStatus } from "../../session/session.ts";
import { texts } from "../../text/speech.ts";
import { shortTime } from "../../text/times.ts";
import { Avatar } from "../../ui/avatar.tsx";
import { useNow } from "../../ui/use-live.ts";

/** Presence is followed for the chats on top: nobody sees more of them without scrolling. */
const WATCHED_MAX = 50;

/** Undefined while the rows are read. */
export function useChats(): readonly Chat[] | undefined {
  const { db } = useSession();
  return useLiveQuery(() => readChats(db), [db]);
}

type Props = { readonly chats: readonly Chat[]; readonly openC: number | null };

export function ChatList({ chats, openC }: Props): ReactElement {
  const { device } = useSession();
  const now = useNow();
  const watched = watchedOf(chats, openC).join(" ");
  const unread = chats.reduce((sum, chat) => sum + chat.unread, 0);

  useEffect(() => device.watch(watched === "" ? [] : watched.split(" ")), [device, watched]);
  useEffect(() => showUnread(unread), [unread]);

  return (
    <ul className="chats" aria-label={texts().chats.heading}>
      {chats.map((chat) => (
        <li key={chat.c}>
          <ChatItem chat={chat} open={chat.c === openC} nowMs={now} />
        </li>
      ))}
    </ul>
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
  const { c, kind, account, unread, recentMs } = chat;
  const online = useStatus(({ presence }) => presence[account]?.online === true, false);
  const writing = useStatus(({ typing }) => (typing[c]?.length ?? 0) > 0, false);
  const words = texts().chats;
  const name = nameOf(chat);
  const line = writing ? words.writing : lineOf(chat);
  const told = [
    ...(unread === 0 ? [] : [words.unread(unread)]),
    ...(online && kind === "dm" ? [texts().conversation.online] : []),
  ];
  return (
    <Link
      href={`/chat/${c}`}
      className="chat-item"
      aria-current={open ? "page" : undefined}
      data-unread={unread > 0}
    >
      <Avatar account={account} name={chat.name} online={online && kind === "dm"} />
      <span className="chat-item-name">
        <bdi>{name}</bdi> {/* What the badge and the dot show, in words. */}
        <span className="visually-hidden">{told.map((it) => `${it}, `).join("")}</span>
      </span>{" "}
      <span className="chat-item-line" dir="auto" data-writing={writing}>
        {line}
      </span>{" "}
      <time className="chat-item-time">{shortTime(recentMs, nowMs)}</time>
      {unread > 0 ? (
        <span className="badge" aria-hidden="true">
          {unread}
        </span>
      ) : null}
    </Link>
  );
}

export const nameOf = ({ kind, name }: Chat): string =>
  kind === "self" ? texts().chats.selfName : name;

function lineOf({ kind, state, preview }: Chat): string {
  const words = texts().chats;
  if (state === "request") return words.request;
  if (state === "blocked") return words.blocked;
  if (preview !== null)
    return preview.own && kind === "dm" ? words.own(preview.text) : preview.text;
  if (kind === "self") return words.selfHint;
  return state === "invited" ? words.waiting : words.nothingYet;
}
