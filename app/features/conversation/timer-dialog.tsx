/**
 * How long messages of a chat stay: in its header, and changed in a dialog. [ATI1] What holds now is said
 * beside the name. [ATI2] Where only admins may change it, others can read it. [ATI3] It counts from the
 * reading or from the sending.
 */
import { Timer, TimerOff } from "lucide-react";
import { type ReactElement, useState } from "react";

import { type Chat, mayPinIn } from "../../db/chats.ts";
import { useSession } from "../../session/session.ts";
import { type MediaFailure, mediaFailureText } from "../../text/media-failure.ts";
import { texts } from "../../text/speech.ts";
import { useAnnounce } from "../../ui/announcer.tsx";
import { Dialog } from "../../ui/dialog.tsx";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** 0: for good. */
const CHOICES_MS = [0, HOUR_MS, DAY_MS, 7 * DAY_MS, 28 * DAY_MS] as const;
const STARTS: readonly Chat["lifetimeFrom"][] = ["read", "sent"];

export function TimerButton({ chat }: { readonly chat: Chat }): ReactElement {
  const [isOpen, setOpen] = useState(false);
  const words = texts().media.timer;
  const { lifetimeMs, lifetimeFrom } = chat;
  const now = lifetimeMs === null ? null : words.lifetime(lifetimeMs);
  return (
    <>
      <button
        type="button"
        className="icon-button timer-button"
        aria-label={words.button(now)}
        title={now === null ? words.button(now) : words.note(now, lifetimeFrom)}
        aria-haspopup="dialog"
        onClick={() => setOpen(true)}
      >
        {now === null ? <TimerOff aria-hidden="true" /> : <Timer aria-hidden="true" />}
        {now === null ? null : <span className="timer-now">{now}</span>}
      </button>
      {isOpen ? <TimerDialog chat={chat} onClose={() => setOpen(false)} /> : null}
    </>
  );
}

type Props = { readonly chat: Chat; readonly onClose: () => void };

function TimerDialog({ chat, onClose }: Props): ReactElement {
  const { device } = useSession();
  const announce = useAnnounce();
  const [failure, setFailure] = useState<MediaFailure | null>(null);
  const words = texts().media.timer;
  const now = chat.lifetimeMs ?? 0;
  const textOf = (ms: number): string => (ms === 0 ? words.off : words.lifetime(ms));
  const isOther = !CHOICES_MS.some((it) => it === now);
  const choices: readonly number[] = isOther ? [...CHOICES_MS, now] : CHOICES_MS;
  const [from, setFrom] = useState(chat.lifetimeFrom);
  const choose = async (ms: number, start: Chat["lifetimeFrom"]): Promise<void> => {
    setFailure(null);
    const set = await device.call("expiry", "setTimer", chat.c, ms, start);
    if (!set.ok) return setFailure(set.error);
    announce(words.done(ms === 0 ? null : words.lifetime(ms)));
    onClose();
  };
  return (
    <Dialog heading={words.heading} onClose={onClose}>
      <p className="failure" role="alert">
        {failure === null ? "" : mediaFailureText(failure)}
      </p>
      <fieldset className="timer-choices" disabled={!mayPinIn(chat)}>
        <legend className="hint">{words.explained}</legend>
        {choices.map((ms) => (
          <label key={ms}>
            <input
              type="radio"
              name="lifetime"
              checked={ms === now}
              onChange={() => void choose(ms, from)}
            />
            {textOf(ms)}
          </label>
        ))}
      </fieldset>
      <fieldset className="timer-choices" disabled={!mayPinIn(chat)}>
        <legend>{words.fromHeading}</legend>
        {STARTS.map((start) => (
          <label key={start}>
            <input
              type="radio"
              name="from"
              checked={start === from}
              onChange={() => {
                setFrom(start);
                // Of messages that stay nothing is counted: it is kept for the choice above.
                if (now > 0) void choose(now, start);
              }}
            />
            {words.from[start]}
          </label>
        ))}
        <p className="hint">{words.fromHint}</p>
      </fieldset>
    </Dialog>
  );
}
