/** Sending what is in the composer: the field is free at once, and gets the text back on refusal. */
import { useState } from "react";

import { countCharacters, TEXT_CODE_POINTS_MAX } from "../../../sync/thread/text-length.ts";
import { useSession } from "../../session/session.ts";
import type { Failure } from "../../text/failure-text.ts";
import type { Answering } from "./composer.tsx";
import { useDraft } from "./use-draft.ts";

/** From here on the count is shown. */
export const COUNT_FROM = TEXT_CODE_POINTS_MAX * 0.9;

export type Sending = {
  readonly text: string;
  /** Code points; exact from COUNT_FROM on, 0 below. */
  readonly characters: number;
  readonly failure: Failure | null;
  readonly write: (text: string) => void;
  readonly send: () => Promise<void>;
};

/** A text has no more code points than UTF-16 units: below this it cannot be near the limit. */
export const charactersNear = (text: string): number =>
  text.length < COUNT_FROM ? 0 : countCharacters(text);

export const tooLong = (characters: number): Failure | null =>
  characters > TEXT_CODE_POINTS_MAX
    ? { type: "TextTooManyCharacters", characters, limit: TEXT_CODE_POINTS_MAX }
    : null;

/** What is answered goes with the text, and comes back with it. */
export function useSend(
  c: number,
  answering: Answering | null,
  onAnswering: (answering: Answering | null) => void,
  onSent: () => void,
): Sending {
  const { device } = useSession();
  const draft = useDraft(c);
  const [failure, setFailure] = useState<Failure | null>(null);
  const { text } = draft;
  const characters = charactersNear(text);

  const write = (next: string): void => {
    draft.write(next);
    setFailure(null);
    if (next !== "") device.typing(c);
  };
  const send = async (): Promise<void> => {
    if (text.trim() === "") return;
    const refused = tooLong(characters);
    if (refused !== null) return setFailure(refused);
    const taken = draft.take();
    setFailure(null);
    onAnswering(null);
    const replyTo = answering === null ? {} : { replyTo: answering.id };
    const sent = await device.call("device", "send", c, taken, replyTo);
    if (sent.ok) {
      draft.forget();
      onSent();
    } else {
      draft.giveBack(taken);
      onAnswering(answering);
      setFailure(sent.error);
    }
  };
  return { text, characters, failure, write, send };
}
