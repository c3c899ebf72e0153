/** What opens above the conversation: a message's actions, and what they ask for. */
import type { ReactElement } from "react";

import { summaryOf } from "../../../sync/thread/summary.ts";
import { type Chat, mayPinIn } from "../../db/chats.ts";
import { mayModerate } from "../../db/group.ts";
import type { Spot } from "../../db/looks.ts";
import { nameIn, type People } from "../../db/people.ts";
import type { Receipts } from "../../db/receipts.ts";
import { useSession } from "../../session/session.ts";
import { summaryText } from "../../text/chat-text.ts";
import type { Point } from "../../ui/menu.tsx";
import type { Answering, Editing } from "./composer.tsx";
import { ForwardDialog } from "./forward-dialog.tsx";
import { MarkedDialog } from "./marked-messages.tsx";
import { MessageMenu } from "./message-menu.tsx";
import { ReactionDialog } from "./reactions.tsx";
import type { Acts } from "./use-acts.ts";
import { useFullText } from "./use-full-text.ts";
import type { Shown } from "./use-timeline.ts";

export type Panel =
  | { readonly type: "menu"; readonly id: string; readonly at: Point }
  | { readonly type: "react"; readonly id: string }
  | { readonly type: "forward"; readonly id: string }
  | { readonly type: "pinned" }
  | { readonly type: "starred" };

type Props = {
  readonly panel: Panel;
  readonly onPanel: (panel: Panel | null) => void;
  readonly chat: Chat;
  readonly shown: Shown;
  readonly receipts: Receipts;
  readonly people: People;
  readonly mayWrite: boolean;
  readonly acts: Acts;
  readonly onAnswering: (answering: Answering) => void;
  readonly onEditing: (editing: Editing) => void;
  readonly onInfo: (id: string) => void;
  readonly onGo: (spot: Spot) => void;
};

export function MessagePanels(props: Props): ReactElement | null {
  const { panel, onPanel, chat, shown, acts } = props;
  const { me } = useSession();
  const withText = useFullText();
  const close = (): void => onPanel(null);
  if (panel.type === "pinned" || panel.type === "starred") {
    return (
      <MarkedDialog
        chat={chat}
        receipts={props.receipts}
        people={props.people}
        kind={panel.type}
        onGo={props.onGo}
        onClose={close}
      />
    );
  }
  const { id } = panel;
  const entry = shown.rows.find((it) => it.id === id);
  const view = shown.looks.get(id)?.view;
  // It left the window, or this device.
  if (entry === undefined) return null;
  if (panel.type === "react") {
    return (
      <ReactionDialog
        reactions={view?.reactions ?? []}
        onReact={(emoji, on) => acts.act(id, { deed: "react", emoji, on })}
        onClose={close}
      />
    );
  }
  if (panel.type === "forward") {
    const forward = (to: readonly number[]): void =>
      withText(view, (text) => acts.forward(text, to));
    return <ForwardDialog onForward={forward} onClose={close} />;
  }
  const account = props.receipts.logByNumber.get(entry.a)?.account ?? "";
  const author = entry.own ? null : nameIn(props.people, account);
  return (
    <MessageMenu
      entry={entry}
      view={view}
      at={panel.at}
      mayWrite={props.mayWrite}
      mayPin={mayPinIn(chat)}
      mayDelete={entry.own || mayModerate(props.receipts.members, me.account, account)}
      acts={acts}
      doings={{
        onReply: () => {
          const line = view === undefined ? "" : summaryText(summaryOf(view));
          props.onAnswering({ id, author, line });
        },
        onEdit: () => withText(view, (text) => props.onEditing({ id, text })),
        onCopy: () => withText(view, acts.copy),
        onReact: () => onPanel({ type: "react", id }),
        onForward: () => onPanel({ type: "forward", id }),
        onInfo: () => props.onInfo(id),
      }}
      onClose={() => {
        close();
        focusMessage(id);
      }}
    />
  );
}

export function focusMessage(id: string | null): void {
  if (id === null) return;
  document.querySelector<HTMLElement>(`[data-message="${CSS.escape(id)}"]`)?.focus();
}
