/** For how long a chat is muted, and what is told nevertheless. [AMT1] What was chosen is what is asked for. */
import { type FormEvent, type ReactElement, useState } from "react";

import { ALWAYS_MS } from "../../../sync/thread/chat-marks.ts";
import type { Chat } from "../../db/chats.ts";
import { texts } from "../../text/speech.ts";
import { Choice } from "../../ui/choice.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { useSettle } from "./use-settle.ts";

const HOUR_MS = 3_600_000;

const SPANS = ["hours", "week", "always"] as const;
type Span = (typeof SPANS)[number];
const MS_BY_SPAN: Readonly<Record<Span, number>> = {
  hours: 8 * HOUR_MS,
  week: 7 * 24 * HOUR_MS,
  always: Number.POSITIVE_INFINITY,
};

const TOLDS = ["mentions", "nothing"] as const;
type Told = (typeof TOLDS)[number];

type Props = { readonly chat: Chat; readonly onClose: () => void };

export function MuteDialog({ chat, onClose }: Props): ReactElement {
  const isGroup = chat.kind === "group";
  const [span, setSpan] = useState<Span>("hours");
  const [told, setTold] = useState<Told>(isGroup ? "mentions" : "nothing");
  const settle = useSettle();
  const words = texts().chatMenu;

  const mute = (event: FormEvent): void => {
    event.preventDefault();
    const untilMs = Math.min(Date.now() + MS_BY_SPAN[span], ALWAYS_MS);
    void settle("mute", words.muteDone, chat.c, untilMs, told);
    onClose();
  };
  return (
    <Dialog heading={words.muteHeading} onClose={onClose}>
      <form className="mute-form" onSubmit={mute}>
        <Choice
          legend={words.howLong}
          values={SPANS}
          chosen={span}
          nameOf={(value) => words.spans[value]}
          onChoose={setSpan}
        />
        {isGroup ? (
          <Choice
            legend={words.stillTold}
            values={TOLDS}
            chosen={told}
            nameOf={(value) => words.tolds[value]}
            onChoose={setTold}
          />
        ) : null}
        <p className="hint">{words.muteHint}</p>
        <div className="button-row">
          <button type="submit" className="primary-button">
            {words.mute}
          </button>
          <button type="button" className="quiet-button" onClick={onClose}>
            {texts().actions.cancel}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
