/**
 * Stands where the composer would, in a group that one is not in: why, and what one had begun to write.
 *
 * [AOS1] Whether one left, was removed, by whom, or waits to be let in, is said. [AOS2] What was being written
 * when the group ended is not lost: it is shown, and can be copied. [AOS3] So it is, in every chat, on a device
 * that was put out of its account.
 */
import { type ReactElement, useCallback, useEffect, useState } from "react";
import { useLocation } from "wouter";

import type { Chat } from "../../db/chats.ts";
import { type Exit, readExit } from "../../db/exit.ts";
import { nameIn, type People } from "../../db/people.ts";
import { copy } from "../../platform/capabilities.ts";
import { readDraft } from "../../platform/drafts.ts";
import { useSession } from "../../session/session.ts";
import { texts } from "../../text/speech.ts";
import { useAnnounce } from "../../ui/announcer.tsx";
import { useRows } from "../../ui/use-rows.ts";

type Props = { readonly chat: Chat; readonly people: People };

export function OutsideNote({ chat, people }: Props): ReactElement {
  const { db, me } = useSession();
  const { c } = chat;
  const { account } = me;
  const read = useCallback(() => readExit(db, c, account), [db, c, account]);
  const exit = useRows(read);
  return (
    <div className="composer-note outside-note">
      <p role="status">{exit === undefined ? "" : whyText(chat, exit, people)}</p>
      {chat.group?.joining === undefined || chat.group.joining === null ? null : (
        <GiveUp c={c} isWaiting={chat.group.joining === "waiting"} />
      )}
      <Unsent c={c} />
    </div>
  );
}

/** On a device that was put out of its account. */
export const DeviceOutNote = ({ c }: { readonly c: number }): ReactElement => (
  <div className="composer-note outside-note">
    <p role="status">{texts().devices.outComposer}</p>
    <Unsent c={c} />
  </div>
);

function whyText({ group }: Chat, exit: Exit | null, people: People): string {
  const words = texts().groups;
  if (group?.joining === "waiting") return words.waitingBody;
  if (group?.joining === "refused") return words.refused;
  if (group?.joining === "over") return words.linkOver;
  if (exit === null) return words.notIn;
  return exit.type === "left" ? words.youLeft : words.youWereRemoved(nameIn(people, exit.by));
}

type GiveUpProps = { readonly c: number; readonly isWaiting: boolean };

/** Who waits need not; and who was not let in need not look at it for ever. */
function GiveUp({ c, isWaiting }: GiveUpProps): ReactElement {
  const { device } = useSession();
  const [, navigate] = useLocation();
  const words = texts().groups.links;
  const giveUp = async (): Promise<void> => {
    const done = await device.call("groups", "giveUp", c);
    if (done.ok) navigate("/");
  };
  return (
    <button type="button" className="quiet-button" onClick={() => void giveUp()}>
      {isWaiting ? words.giveUp : words.takeAway}
    </button>
  );
}

function Unsent({ c }: { readonly c: number }): ReactElement | null {
  const announce = useAnnounce();
  const [draft, setDraft] = useState("");
  const words = texts().groups;
  useEffect(() => {
    void readDraft(c).then(setDraft);
  }, [c]);
  if (draft.trim() === "") return null;
  const copyDraft = async (): Promise<void> => {
    const done = await copy(draft);
    announce(done ? texts().invite.copied : texts().actions.copyFailed);
  };
  return (
    <div className="unsent">
      <p className="hint">{words.unsent}</p>
      <blockquote className="details-quote" dir="auto">
        {draft}
      </blockquote>
      <button type="button" className="quiet-button" onClick={() => void copyDraft()}>
        {words.copyUnsent}
      </button>
    </div>
  );
}
