/** Sending what is in the composer: the field is free at once, and gets the text back on refusal. */
import { useRef, useState } from "react";

import { countCharacters, TEXT_CODE_POINTS_MAX } from "../../../sync/thread/text-length.ts";
import type { AnswerTo } from "../../engine/calls.ts";
import { useSession } from "../../session/session.ts";
import type { Failure } from "../../text/failure-text.ts";
import type { FoundMention } from "../../text/mention-names.ts";
import type { Answering } from "./composer.tsx";
import { useDraft } from "./use-draft.ts";
import { useMentionsIn } from "./use-mentions-in.ts";

/** From here on the count is shown. */
export const COUNT_FROM = TEXT_CODE_POINTS_MAX * 0.9;

export type Sending = {
  readonly text: string;
  /** Code points; exact from COUNT_FROM on, 0 below. */
  readonly characters: number;
  readonly failure: Failure | null;
  readonly write: (text: string) => void;
  /** `chosen`: accounts by name, as they were picked for who is mentioned. */
  readonly send: (chosen: ReadonlyMap<string, string>) => Promise<void>;
};

/** A text has no more code points than UTF-16 units: below this it cannot be near the limit. */
export const charactersNear = (text: string): number =>
  text.length < COUNT_FROM ? 0 : countCharacters(text);

export const tooLong = (characters: number): Failure | null =>
  characters > TEXT_CODE_POINTS_MAX
    ? { type: "TextTooManyCharacters", characters, limit: TEXT_CODE_POINTS_MAX }
    : null;

type Said = AnswerTo<"device", "send">;

/** What is answered goes with the text, and comes back with it. */
export function useSend(
  c: number,
  answering: Answering | null,
  onAnswering: (answering: Answering | null) => void,
  onSent: () => void,
): Sending {
  const { device } = useSession();
  const mentionsIn = useMentionsIn(c);
  const last = useRef<Promise<unknown> | null>(null);
  const draft = useDraft(c);
  const [failure, setFailure] = useState<Failure | null>(null);
  const { text } = draft;
  const characters = charactersNear(text);

  const write = (next: string): void => {
    draft.write(next);
    setFailure(null);
    if (next !== "") device.typing(c);
  };
  const send = async (chosen: ReadonlyMap<string, string>): Promise<void> => {
    if (text.trim() === "") return;
    const refused = tooLong(characters);
    if (refused !== null) return setFailure(refused);
    const taken = draft.take();
    setFailure(null);
    onAnswering(null);
    const replyTo = answering === null ? {} : { replyTo: answering.id };
    const say = (mentions: readonly FoundMention[]): Promise<Said> =>
      device.call("device", "send", c, taken, {
        ...replyTo,
        ...(mentions.length > 0 && { mentions }),
      });
    // In the order in which they were sent, whatever had to be looked up.
    const found = Promise.all([mentionsIn(taken, chosen), last.current]);
    const isPlain = last.current === null && !taken.includes("@");
    const sending = isPlain ? say([]) : found.then(([mentions]) => say(mentions));
    last.current = sending;
    const sent = await sending;
    if (last.current === sending) last.current = null;
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
