/** Whose chat this is, and whether they are here or writing. */
import { ArrowLeft } from "lucide-react";
import type { ReactElement } from "react";
import { Link } from "wouter";

import type { Chat } from "../../db/chats.ts";
import { useStatus } from "../../session/session.ts";
import { usePresence, usePresenceShown } from "../../session/use-presence.ts";
import { nameOf, seenText } from "../../text/chat-text.ts";
import { texts } from "../../text/speech.ts";
import { Avatar } from "../../ui/avatar.tsx";
import { useNow } from "../../ui/use-live.ts";
import { StarredButton } from "./marked-messages.tsx";

type Props = { readonly chat: Chat; readonly onStarred: () => void };

export function ConversationHeader({ chat, onStarred }: Props): ReactElement {
  const { account, c } = chat;
  const seen = usePresence(chat);
  const writing = useStatus(({ typing }) => (typing[c]?.length ?? 0) > 0, false);
  const nowMs = useNow();
  const presence = presenceOf(chat, seenText(seen, nowMs), usePresenceShown());
  return (
    <header className="pane-header">
      <Link href="/" className="icon-button back-button" aria-label={texts().back}>
        <ArrowLeft aria-hidden="true" />
      </Link>
      <Avatar account={account} name={chat.name} online={seen.online} />
      <div className="pane-title">
        <h1>
          <bdi>{nameOf(chat)}</bdi>
        </h1>
        <p className="presence" data-online={seen.online} aria-live="off">
          {writing ? texts().conversation.writing(chat.name) : presence}
        </p>
      </div>
      <StarredButton onClick={onStarred} />
    </header>
  );
}

function presenceOf({ kind, state }: Chat, seen: string | undefined, shown: boolean): string {
  const words = texts().chats;
  if (kind === "self") return words.selfHint;
  if (state === "request") return words.request;
  if (state === "blocked") return words.blocked;
  if (seen !== undefined) return seen;
  if (state === "invited") return words.waiting;
  return shown ? texts().conversation.neverSeen : "";
}
