/** Choosing the chats that a message is passed on to. [AFW1] Only those in which one may write. */
import { type FormEvent, type ReactElement, useState } from "react";

import { type Chat, mayWriteIn } from "../../db/chats.ts";
import { nameOf } from "../../text/chat-text.ts";
import { texts } from "../../text/speech.ts";
import { Avatar } from "../../ui/avatar.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { type Choosable, Picker } from "../../ui/picker.tsx";
import { useChats } from "../chats/chat-list.tsx";

type Props = {
  readonly onForward: (to: readonly number[]) => void;
  readonly onClose: () => void;
};

export function ForwardDialog({ onForward, onClose }: Props): ReactElement {
  const chats = useChats();
  const [chosen, setChosen] = useState<readonly number[]>([]);
  const { actions, switcher } = texts();
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (chosen.length === 0) return;
    onForward(chosen);
    onClose();
  };
  return (
    <Dialog heading={actions.forward} onClose={onClose}>
      <form className="group-form" onSubmit={submit}>
        <p className="hint">{actions.chooseChats}</p>
        {chats === undefined ? null : (
          <Picker
            legend={null}
            words={{ find: switcher.field, none: switcher.none }}
            offered={chats.filter(mayWriteIn).map(choosableOf)}
            chosen={chosen}
            onChosen={setChosen}
            takesFocus
          />
        )}
        <button type="submit" className="primary-button" aria-disabled={chosen.length === 0}>
          {actions.forward}
        </button>
      </form>
    </Dialog>
  );
}

function choosableOf(chat: Chat): Choosable<number> {
  const { c, account, name, kind, group } = chat;
  const isGroup = kind === "group";
  const picture = group?.picture ?? null;
  return {
    key: c,
    name: nameOf(chat),
    avatar: <Avatar account={account} name={name} isGroup={isGroup} picture={picture} />,
  };
}
