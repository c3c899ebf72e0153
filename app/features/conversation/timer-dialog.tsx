/**
 * How long messages of a chat stay: in its header, and changed in a dialog. [ATI1] What holds now is said
 * beside the name. [ATI2] Where only admins may change it, others can read it. [ATI3] It counts from the
 * reading or from the sending. [ATI4] Nothing is changed before it is saved: arrow keys go through the choices.
 */
import { Timer, TimerOff } from "lucide-react";
import { type FormEvent, type ReactElement, useState } from "react";

import { type Chat, mayPinIn } from "../../db/chats.ts";
import { useSession } from "../../session/session.ts";
import { type MediaFailure, mediaFailureText } from "../../text/media-failure.ts";
import { texts } from "../../text/speech.ts";
import { useAnnounce } from "../../ui/announcer.tsx";
import { Choice } from "../../ui/choice.tsx";
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
  const [now] = useState({ ms: chat.lifetimeMs ?? 0, from: chat.lifetimeFrom });
  const [ms, setMs] = useState(now.ms);
  const [from, setFrom] = useState(now.from);
  const words = texts().media.timer;
  const textOf = (it: number): string => (it === 0 ? words.off : words.lifetime(it));
  const isOther = !CHOICES_MS.some((it) => it === now.ms);
  const choices: readonly number[] = isOther ? [...CHOICES_MS, now.ms] : CHOICES_MS;
  const mayChange = mayPinIn(chat);

  const save = async (): Promise<void> => {
    setFailure(null);
    // Of messages that stay nothing is counted.
    const isSame = ms === now.ms && (from === now.from || ms === 0);
    if (!isSame) {
      const set = await device.call("expiry", "setTimer", chat.c, ms, from);
      if (!set.ok) return setFailure(set.error);
      announce(words.done(ms === 0 ? null : words.lifetime(ms)));
    }
    onClose();
  };
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    void save();
  };
  return (
    <Dialog heading={words.heading} onClose={onClose}>
      <p className="failure" role="alert">
        {failure === null ? "" : mediaFailureText(failure)}
      </p>
      <form className="group-form" onSubmit={submit}>
        <p>{words.explained}</p>
        <Choice
          legend={words.afterHeading}
          values={choices.map(String)}
          chosen={String(ms)}
          disabled={!mayChange}
          nameOf={(it) => textOf(Number(it))}
          onChoose={(it) => setMs(Number(it))}
        />
        <Choice
          legend={words.fromHeading}
          values={STARTS}
          chosen={from}
          disabled={!mayChange}
          nameOf={(it) => words.from[it]}
          onChoose={setFrom}
        />
        <p className="hint">{words.fromHint}</p>
        {mayChange ? (
          <button type="submit" className="primary-button">
            {texts().actions.save}
          </button>
        ) : null}
      </form>
    </Dialog>
  );
}
