/**
 * Whose chat this is, and whether they are here or writing. [AHE1] In a group who writes is named. [AHE2]
 * That a chat is muted is seen in its header. [AHE3] Whoever presses the name, the picture or what stands below
 * them learns more: of a group its details, of a person the safety number.
 */
import { ArrowLeft, BellOff, EllipsisVertical } from "lucide-react";
import type { MouseEvent, ReactElement } from "react";
import { Link } from "wouter";

import { toldIn } from "../../db/chat-marks.ts";
import { type Chat, mayWriteIn } from "../../db/chats.ts";
import { nameIn, type People } from "../../db/people.ts";
import { useChatMenu } from "../../session/chat-menu.ts";
import { useStatus } from "../../session/session.ts";
import { usePresence, usePresenceShown } from "../../session/use-presence.ts";
import { nameOf, seenText } from "../../text/chat-text.ts";
import { texts } from "../../text/speech.ts";
import { Avatar } from "../../ui/avatar.tsx";
import { useNow } from "../../ui/use-live.ts";
import { SafetyButton, VerifiedSign } from "../recovery/safety-button.tsx";
import { StarredButton } from "./marked-messages.tsx";
import { TimerButton } from "./timer-dialog.tsx";

/** Where the focus goes back to when the details are closed. */
export const GROUP_BUTTON_ID = "group-details";

type Props = {
  readonly chat: Chat;
  readonly people: People;
  readonly onStarred: () => void;
  readonly isGroupOpen: boolean;
  readonly onGroup: () => void;
};

export function ConversationHeader(props: Props): ReactElement {
  const { chat, people, onStarred, isGroupOpen, onGroup } = props;
  const { account, c, group } = chat;
  const openMenu = useChatMenu();
  const seen = usePresence(chat);
  const writing = useStatus(({ typing }) => (typing[c] ?? []).join(" "), "");
  const nowMs = useNow();
  const presence = presenceOf(chat, seenText(seen, nowMs), usePresenceShown());
  const names = (writing === "" ? [] : writing.split(" ")).map((it) => nameIn(people, it));
  return (
    <header className="pane-header">
      <Link href="/" className="icon-button back-button" aria-label={texts().back}>
        <ArrowLeft aria-hidden="true" />
      </Link>
      {/* oxlint-disable-next-line jsx-a11y/no-static-element-interactions, jsx-a11y/click-events-have-key-events -- keys have the button that lies in it */}
      <div className="pane-who" onClick={pressTitle}>
        <Avatar
          account={account}
          name={chat.name}
          online={seen.online}
          isGroup={group !== null}
          picture={group?.picture ?? null}
        />
        <div className="pane-title">
          <h1>
            <bdi>{nameOf(chat)}</bdi>
            <VerifiedSign chat={chat} />
            {toldIn(chat, nowMs) === "all" ? null : <MutedSign />}
          </h1>
          <p className="presence" data-online={seen.online} aria-live="off">
            {names.length > 0 ? texts().groups.writing(names) : presence}
          </p>
          <SafetyButton chat={chat} />
          {group === null || group.size === 0 ? null : (
            <button
              type="button"
              className="title-button"
              id={GROUP_BUTTON_ID}
              aria-label={texts().groups.details}
              aria-expanded={isGroupOpen}
              onClick={onGroup}
            />
          )}
        </div>
      </div>
      {mayWriteIn(chat) ? <TimerButton chat={chat} /> : null}
      <StarredButton onClick={onStarred} />
      <button
        type="button"
        className="icon-button"
        aria-label={texts().chatMenu.open}
        aria-haspopup="menu"
        onClick={({ currentTarget }) => {
          const { right, bottom } = currentTarget.getBoundingClientRect();
          openMenu(c, { x: right, y: bottom });
        }}
      >
        <EllipsisVertical aria-hidden="true" />
      </button>
    </header>
  );
}

/** The button lies over the lower half; what else is pressed there presses it. */
function pressTitle({ target, currentTarget }: MouseEvent): void {
  const isElsewhere = target instanceof Element && target.closest("button, dialog") === null;
  if (isElsewhere) currentTarget.querySelector<HTMLElement>(".title-button")?.click();
}

const MutedSign = (): ReactElement => (
  <span className="muted-sign">
    <BellOff aria-hidden="true" />
    <span className="visually-hidden"> {texts().chatMenu.muted}</span>
  </span>
);

function presenceOf(
  { kind, state, group }: Chat,
  seen: string | undefined,
  shown: boolean,
): string {
  const words = texts().chats;
  if (kind === "self") return words.selfHint;
  if (group?.joining === "waiting") return texts().groups.waiting;
  if (group !== null) return group.size === 0 ? "" : texts().groups.members(group.size);
  if (state === "request") return words.request;
  if (state === "blocked") return words.blocked;
  if (seen !== undefined) return seen;
  if (state === "invited") return words.waiting;
  return shown ? texts().conversation.neverSeen : "";
}
