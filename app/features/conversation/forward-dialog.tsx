/**
 * Choosing the chats that a message is passed on to. [AFW1] Only those in which one may write. [AFW2] The
 * first of them has the focus: Enter there does not close the window.
 */
import { type FormEvent, type ReactElement, useEffect, useRef, useState } from "react";

import { mayWriteIn } from "../../db/chats.ts";
import { nameOf } from "../../text/chat-text.ts";
import { texts } from "../../text/speech.ts";
import { Avatar } from "../../ui/avatar.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { useChats } from "../chats/chat-list.tsx";

type Props = {
  readonly onForward: (to: readonly number[]) => void;
  readonly onClose: () => void;
};

export function ForwardDialog({ onForward, onClose }: Props): ReactElement {
  const chats = useChats() ?? [];
  const [chosen, setChosen] = useState<readonly number[]>([]);
  const first = useRef<HTMLInputElement>(null);
  const words = texts().actions;
  const open = chats.filter(mayWriteIn);
  const isRead = open.length > 0;
  useEffect(() => {
    if (isRead) first.current?.focus();
  }, [isRead]);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (chosen.length === 0) return;
    onForward(chosen);
    onClose();
  };
  return (
    <Dialog heading={words.forward} onClose={onClose}>
      <form className="forward" onSubmit={submit}>
        <fieldset>
          <legend className="hint">{words.chooseChats}</legend>
          {open.map((chat, i) => (
            <label key={chat.c} className="forward-chat">
              <input
                ref={i === 0 ? first : null}
                type="checkbox"
                checked={chosen.includes(chat.c)}
                onChange={() =>
                  setChosen((now) =>
                    now.includes(chat.c) ? now.filter((it) => it !== chat.c) : [...now, chat.c],
                  )
                }
              />
              <Avatar
                account={chat.account}
                name={chat.name}
                isGroup={chat.kind === "group"}
                picture={chat.group?.picture ?? null}
              />
              <bdi>{nameOf(chat)}</bdi>
            </label>
          ))}
        </fieldset>
        <button type="submit" className="primary-button" aria-disabled={chosen.length === 0}>
          {words.forward}
        </button>
      </form>
    </Dialog>
  );
}
