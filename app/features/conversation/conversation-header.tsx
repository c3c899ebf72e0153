/** Whose chat this is, and whether they are here or writing. */
import { ArrowLeft } from "lucide-react";
import type { ReactElement } from "react";
import { Link } from "wouter";

import type { Chat } from "../../db/chats.ts";
import { useStatus } from "../../session/session.ts";
import { texts } from "../../text/speech.ts";
import { agoText } from "../../text/times.ts";
import { Avatar } from "../../ui/avatar.tsx";
import { useNow } from "../../ui/use-live.ts";

export function ConversationHeader({ chat }: { readonly chat: Chat }): ReactElement {
  const { account, kind, c } = chat;
  const online = useStatus(({ presence }) => presence[account]?.online === true, false);
  const told = useStatus(({ presence }) => presence[account]?.lastSeenMs ?? 0, 0);
  const writing = useStatus(({ typing }) => (typing[c]?.length ?? 0) > 0, false);
  const nowMs = useNow();
  const name = kind === "self" ? texts().chats.selfName : chat.name;
  const presence = presenceOf(chat, { online, nowMs, lastSeenMs: Math.max(told, chat.lastSeenMs) });
  return (
    <header className="pane-header">
      <Link href="/" className="icon-button back-button" aria-label={texts().back}>
        <ArrowLeft aria-hidden="true" />
      </Link>
      <Avatar account={account} name={chat.name} online={online && kind === "dm"} />
      <div className="pane-title">
        <h1>
          <bdi>{name}</bdi>
        </h1>
        <p className="presence" data-online={online && kind === "dm"} aria-live="off">
          {writing ? texts().conversation.writing(chat.name) : presence}
        </p>
      </div>
    </header>
  );
}

type Seen = { readonly online: boolean; readonly lastSeenMs: number; readonly nowMs: number };

function presenceOf({ kind, state }: Chat, { online, lastSeenMs, nowMs }: Seen): string {
  const words = texts().conversation;
  if (kind === "self") return texts().chats.selfHint;
  if (state === "request") return texts().chats.request;
  if (state === "blocked") return texts().chats.blocked;
  if (online) return words.online;
  if (lastSeenMs > 0) return words.lastSeen(agoText(lastSeenMs, nowMs));
  return state === "invited" ? texts().chats.waiting : words.neverSeen;
}
