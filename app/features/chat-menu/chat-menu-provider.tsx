/**
 * The menu of a chat as a whole: mute, pin to the top, archive; alike on all the person's devices.
 *
 * [ACX1] It offers what is not so yet, and what was done is announced. [ACX2] What could not be done says
 * why. [ACX3] The focus goes back to where the menu was opened.
 */
import { Archive, ArchiveRestore, Bell, BellOff, Pin, PinOff } from "lucide-react";
import { type ReactElement, type ReactNode, useCallback, useRef, useState } from "react";

import { isPinnedChat } from "../../../sync/thread/chat-marks.ts";
import { isArchived, toldIn } from "../../db/chat-marks.ts";
import { type Chat, readChat } from "../../db/chats.ts";
import { ChatMenuContext } from "../../session/chat-menu.ts";
import { useSession } from "../../session/session.ts";
import { nameOf } from "../../text/chat-text.ts";
import { texts } from "../../text/speech.ts";
import { Menu, type MenuItem, type Point } from "../../ui/menu.tsx";
import { useNow } from "../../ui/use-live.ts";
import { MuteDialog } from "./mute-dialog.tsx";
import { useSettle } from "./use-settle.ts";

type Opened = { readonly chat: Chat; readonly at: Point; readonly from: Element | null };

export function ChatMenuProvider({ children }: { readonly children: ReactNode }): ReactElement {
  const { db } = useSession();
  const [opened, setOpened] = useState<Opened | null>(null);
  const [muting, setMuting] = useState<Chat | null>(null);
  const latest = useRef(0);

  const open = useCallback(
    (c: number, at: Point) => {
      const from = document.activeElement;
      latest.current = c;
      void readChat(db, c).then((chat) => {
        if (chat !== undefined && latest.current === c) setOpened({ chat, at, from });
        return undefined;
      });
    },
    [db],
  );
  const close = useCallback(() => {
    if (opened?.from instanceof HTMLElement) opened.from.focus();
    setOpened(null);
  }, [opened]);
  return (
    <ChatMenuContext value={open}>
      {children}
      {opened === null ? null : (
        // A landmark: it stands outside of list and conversation.
        <section aria-label={texts().chatMenu.open}>
          <ChatMenu {...opened} onMute={() => setMuting(opened.chat)} onClose={close} />
        </section>
      )}
      {muting === null ? null : <MuteDialog chat={muting} onClose={() => setMuting(null)} />}
    </ChatMenuContext>
  );
}

type MenuProps = Opened & { readonly onMute: () => void; readonly onClose: () => void };

function ChatMenu({ chat, at, onMute, onClose }: MenuProps): ReactElement {
  const words = texts().chatMenu;
  const settle = useSettle();
  const nowMs = useNow();
  const { c } = chat;
  const isMuted = toldIn(chat, nowMs) !== "all";
  const isPinned = isPinnedChat(chat.marks);
  const isAway = isArchived(chat, nowMs);

  const items: readonly MenuItem[] = [
    isMuted
      ? {
          label: words.unmute,
          icon: <Bell aria-hidden="true" />,
          act: () => void settle("mute", words.unmuteDone, c, 0, "all"),
        }
      : { label: words.mute, icon: <BellOff aria-hidden="true" />, act: onMute },
    {
      label: isPinned ? words.unpin : words.pin,
      icon: isPinned ? <PinOff aria-hidden="true" /> : <Pin aria-hidden="true" />,
      act: () => void settle("pin", isPinned ? words.unpinDone : words.pinDone, c, !isPinned),
    },
    {
      label: isAway ? words.unarchive : words.archive,
      icon: isAway ? <ArchiveRestore aria-hidden="true" /> : <Archive aria-hidden="true" />,
      act: () => {
        const done = isMuted ? words.archiveDoneMuted : words.archiveDone;
        void settle("archive", isAway ? words.unarchiveDone : done, c, !isAway);
      },
    },
  ];
  return <Menu label={words.of(nameOf(chat))} at={at} items={items} onClose={onClose} />;
}
