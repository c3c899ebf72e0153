/**
 * "Go to a chat": a field and the chats that match, by the combobox pattern of the ARIA Authoring
 * Practices. The focus stays in the field, which names the chosen chat to assistive technology.
 *
 * [ASW1] Up and Down go round the matches, Enter opens the chosen one, a click any. [ASW2] Keys of an
 * input method are its own. [ASW3] How many match is told. [ASW4] What one can do is found as well, behind
 * the chats.
 */
import { CornerDownRight } from "lucide-react";
import { type KeyboardEvent, type ReactElement, useEffect, useId, useRef, useState } from "react";

import type { Chat } from "../../db/chats.ts";
import { isComposing } from "../../platform/keys.ts";
import { usePresence } from "../../session/use-presence.ts";
import { nameOf } from "../../text/chat-text.ts";
import { texts } from "../../text/speech.ts";
import { Avatar } from "../../ui/avatar.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { matchingChats } from "./matching.ts";

export type Doing = {
  readonly id: string;
  readonly name: string;
  readonly onDo: () => void;
};

type Props = {
  readonly chats: readonly Chat[];
  readonly doings: readonly Doing[];
  readonly openC: number | null;
  readonly onChoose: (c: number) => void;
  readonly onClose: () => void;
};

type Found = {
  readonly key: string;
  readonly shown: ReactElement;
  readonly onChoose: () => void;
};

export function SwitcherDialog(props: Props): ReactElement {
  const field = useRef<HTMLInputElement>(null);
  const id = useId();
  const [query, setQuery] = useState("");
  const [position, setPosition] = useState(0);
  const words = texts().switcher;
  const chats = foundChats(props, query);
  const doings = foundDoings(props, query);
  const found = [...chats, ...doings];
  const at = Math.min(position, found.length - 1);
  const chosen = found[at];
  const chosenId = chosen === undefined ? undefined : `${id}-${chosen.key}`;

  useEffect(() => {
    if (chosenId !== undefined)
      document.getElementById(chosenId)?.scrollIntoView({ block: "nearest" });
  }, [chosenId]);
  const onKeyDown = (event: KeyboardEvent): void => {
    const { key, altKey, ctrlKey, metaKey, shiftKey } = event;
    if (isComposing(event.nativeEvent) || altKey || ctrlKey || metaKey || shiftKey) return;
    if (key === "ArrowDown") setPosition(at + 1 < found.length ? at + 1 : 0);
    else if (key === "ArrowUp") setPosition(at > 0 ? at - 1 : found.length - 1);
    else if (key === "Enter" && chosen !== undefined) chosen.onChoose();
    else return;
    event.preventDefault();
  };
  return (
    <Dialog heading={words.heading} initialFocus={field} onClose={props.onClose}>
      <input
        ref={field}
        className="switcher-field"
        role="combobox"
        aria-label={words.field}
        placeholder={words.field}
        aria-expanded={found.length > 0}
        aria-controls={`${id}-list`}
        aria-autocomplete="list"
        aria-activedescendant={chosenId}
        autoComplete="off"
        spellCheck={false}
        dir="auto"
        value={query}
        onInput={(event) => {
          setQuery(event.currentTarget.value);
          setPosition(0);
        }}
        onKeyDown={onKeyDown}
      />
      <p className="switcher-count" role="status" data-none={found.length === 0}>
        {found.length === 0 ? words.none : words.found(chats.length, doings.length)}
      </p>
      <div id={`${id}-list`} className="switcher-list" role="listbox" aria-label={words.matches}>
        {found.map(({ key, shown, onChoose }) => (
          // oxlint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/interactive-supports-focus -- the field has the focus and the keys
          <div
            key={key}
            id={`${id}-${key}`}
            className="switcher-option"
            role="option"
            aria-selected={key === chosen?.key}
            onClick={onChoose}
          >
            {shown}
          </div>
        ))}
      </div>
    </Dialog>
  );
}

function foundChats({ chats, openC, onChoose }: Props, query: string): readonly Found[] {
  const named = chats.map((chat) => ({ chat, c: chat.c, name: nameOf(chat) }));
  return matchingChats(named, query, openC).map(({ chat, c, name }) => ({
    key: `${c}`,
    shown: <ChatOption chat={chat} name={name} />,
    onChoose: () => onChoose(c),
  }));
}

const foundDoings = ({ doings }: Props, query: string): readonly Found[] =>
  matchingChats(doings, query, null).map(({ id, name, onDo }) => ({
    key: id,
    shown: (
      <>
        <CornerDownRight className="switcher-icon" aria-hidden="true" />
        <span className="switcher-name">{name}</span>
      </>
    ),
    onChoose: onDo,
  }));

function ChatOption({ chat, name }: { readonly chat: Chat; readonly name: string }): ReactElement {
  const { account, unread } = chat;
  const { online } = usePresence(chat);
  return (
    <>
      <Avatar
        account={account}
        name={chat.name}
        online={online}
        isGroup={chat.kind === "group"}
        picture={chat.group?.picture ?? null}
      />
      <span className="switcher-name">
        <bdi>{name}</bdi>
      </span>
      {unread > 0 ? <span className="switcher-unread">{texts().chats.unread(unread)}</span> : null}
    </>
  );
}
