/**
 * "Message actions": what one can do with a message, as far as it is possible now.
 *
 * [AMU1] Only one's own messages can be edited and deleted for everyone; admins of a group delete also
 * what those wrote whom they outrank. [AMU2] Where one may not write,
 * nothing that the other side would see is offered. [AMU3] What was deleted can only be cleared away. [AMU4] In
 * a group pinning is for admins. [AMU5] Words that are not here are neither copied nor passed on.
 *
 * Deleting for everyone asks nothing: who wrote to the wrong chat has seconds, and a question takes some of them. It
 * stands last, in red, behind a line (menu.tsx), and on other people's messages for admins alone.
 */
import {
  Copy,
  EyeOff,
  Forward,
  Info,
  Pencil,
  Pin,
  PinOff,
  Reply,
  SmilePlus,
  Star,
  StarOff,
  Trash2,
} from "lucide-react";
import type { ReactElement, ReactNode } from "react";

import type { EntryRow } from "../../../sync/store/rows.ts";
import type { MessageView } from "../../../sync/thread/view.ts";
import { texts } from "../../text/speech.ts";
import { Menu, type MenuItem, type Point } from "../../ui/menu.tsx";
import type { Acts } from "./use-acts.ts";

export type MenuDoings = {
  readonly onReply: () => void;
  readonly onEdit: () => void;
  readonly onReact: () => void;
  readonly onForward: () => void;
  readonly onCopy: () => void;
  readonly onInfo: () => void;
};

type Props = {
  readonly entry: EntryRow;
  /** Undefined: it needs a newer app. */
  readonly view: MessageView | undefined;
  readonly at: Point;
  readonly mayWrite: boolean;
  /** In a group pinning is for admins. */
  readonly mayPin: boolean;
  /** One's own message, or that of somebody whom one outranks in a group. */
  readonly mayDelete: boolean;
  readonly acts: Acts;
  readonly doings: MenuDoings;
  readonly onClose: (isChosen: boolean) => void;
};

export const MessageMenu = (props: Props): ReactElement => (
  <Menu label={texts().actions.menu} at={props.at} items={itemsOf(props)} onClose={props.onClose} />
);

const item = (label: string, icon: ReactNode, act: () => void): MenuItem => ({ label, icon, act });

function itemsOf({
  entry,
  view,
  mayWrite,
  mayPin,
  mayDelete,
  acts,
  doings,
}: Props): readonly MenuItem[] {
  const { id, own } = entry;
  const words = texts().actions;
  const info = item(words.info, <Info aria-hidden="true" />, doings.onInfo);
  if (view === undefined) return [info];
  const hide: MenuItem = {
    label: words.deleteForMe,
    icon: <EyeOff aria-hidden="true" />,
    isDangerous: true,
    act: () => acts.act(id, { deed: "hide" }),
  };
  if (view.state === "deleted") return [info, hide];
  const { isPinned, isStarred } = view;
  const deleteForAll: MenuItem = {
    label: words.deleteForAll,
    icon: <Trash2 aria-hidden="true" />,
    isDangerous: true,
    act: () => acts.act(id, { deed: "deleteForAll" }),
  };
  const pin = item(
    isPinned ? words.unpin : words.pin,
    isPinned ? <PinOff aria-hidden="true" /> : <Pin aria-hidden="true" />,
    () => acts.act(id, { deed: "pin", on: !isPinned }),
  );
  const shared = [
    item(words.reply, <Reply aria-hidden="true" />, doings.onReply),
    item(words.react, <SmilePlus aria-hidden="true" />, doings.onReact),
    ...(own ? [item(words.edit, <Pencil aria-hidden="true" />, doings.onEdit)] : []),
    ...(mayPin ? [pin] : []),
  ];
  const ofWords = [
    item(words.forward, <Forward aria-hidden="true" />, doings.onForward),
    item(words.copy, <Copy aria-hidden="true" />, doings.onCopy),
  ];
  return [
    ...(mayWrite ? shared : []),
    ...(view.state === "here" ? ofWords : []),
    item(
      isStarred ? words.unstar : words.star,
      isStarred ? <StarOff aria-hidden="true" /> : <Star aria-hidden="true" />,
      () => acts.act(id, { deed: "star", on: !isStarred }),
    ),
    info,
    hide,
    ...(mayWrite && mayDelete ? [deleteForAll] : []),
  ];
}
