/** Sending what is in the composer: the field is free at once, and gets the text back on refusal. */
import { useState } from "react";

import { utf8 } from "../../../crypto/base/bytes.ts";
import { INLINE_TEXT_BYTES_MAX } from "../../../sync/wire/limits.ts";
import { useSession } from "../../session/session.ts";
import type { Failure } from "../../text/failure-text.ts";
import type { Answering } from "./composer.tsx";
import { useDraft } from "./use-draft.ts";

/** From here on the count is shown. */
export const COUNT_FROM_BYTES = INLINE_TEXT_BYTES_MAX * 0.9;
/** A UTF-16 unit is at most three bytes: below this a text cannot be near the limit. */
const COUNT_FROM_UNITS = COUNT_FROM_BYTES / 3;

export type Sending = {
  readonly text: string;
  /** Exact from COUNT_FROM_BYTES on, 0 below. */
  readonly bytes: number;
  readonly failure: Failure | null;
  readonly write: (text: string) => void;
  readonly send: () => Promise<void>;
};

export const bytesNear = (text: string): number =>
  text.length < COUNT_FROM_UNITS ? 0 : utf8(text).length;

export const tooLong = (bytes: number): Failure | null =>
  bytes > INLINE_TEXT_BYTES_MAX
    ? { type: "TextTooLong", bytes, limit: INLINE_TEXT_BYTES_MAX }
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
  const bytes = bytesNear(text);

  const write = (next: string): void => {
    draft.write(next);
    setFailure(null);
    if (next !== "") device.typing(c);
  };
  const send = async (): Promise<void> => {
    if (text.trim() === "") return;
    const refused = tooLong(bytes);
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
  return { text, bytes, failure, write, send };
}
