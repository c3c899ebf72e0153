/**
 * Where a message is written.
 *
 * [ACO1] Enter sends, Shift+Enter makes a line; on touch Enter makes a line. [ACO2] Over 32,768
 * bytes it says by how much, and sends nothing. [ACO3] A text that was refused is in the field
 * again. [ACO4] An Enter that ends an input method's composition does not send.
 */
import { SendHorizontal } from "lucide-react";
import {
  type FormEvent,
  type KeyboardEvent,
  type ReactElement,
  useEffect,
  useLayoutEffect,
  useRef,
} from "react";

import { INLINE_TEXT_BYTES_MAX } from "../../../sync/wire/limits.ts";
import { isCoarsePointer } from "../../platform/capabilities.ts";
import { isComposing } from "../../platform/keys.ts";
import { failureText } from "../../text/failure-text.ts";
import { texts } from "../../text/speech.ts";
import { COUNT_FROM_BYTES, useSend } from "./use-send.ts";

type Props = {
  readonly c: number;
  /** A message of ours is in the log now. */
  readonly onSent: () => void;
};

export function Composer({ c, onSent }: Props): ReactElement {
  const { draft, bytes, failure, write, send } = useSend(c, onSent);
  const field = useRef<HTMLTextAreaElement>(null);
  const words = texts().conversation;
  const tooLong = bytes > INLINE_TEXT_BYTES_MAX;
  const { text } = draft;

  useEffect(() => {
    if (!isCoarsePointer()) field.current?.focus();
  }, []);
  useLayoutEffect(() => fitToText(field.current, text), [text]);

  const submit = (event: FormEvent): void => {
    event.preventDefault();
    void send();
    field.current?.focus();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (!isSendKey(event)) return;
    event.preventDefault();
    void send();
  };
  return (
    <form className="composer" onSubmit={submit}>
      <p id="composer-failure" className="failure" role="alert">
        {failure === null ? "" : failureText(failure)}
      </p>
      <div className="composer-row">
        <textarea
          ref={field}
          className="composer-field"
          aria-label={words.message}
          placeholder={words.placeholder}
          rows={1}
          dir="auto"
          value={text}
          aria-invalid={tooLong}
          aria-describedby="composer-failure composer-count"
          onInput={(event) => write(event.currentTarget.value)}
          onKeyDown={onKeyDown}
        />
        <button
          type="submit"
          className="send-button"
          aria-label={words.send}
          aria-disabled={text.trim() === ""}
        >
          <SendHorizontal aria-hidden="true" />
        </button>
      </div>
      <p id="composer-count" className="composer-count" data-over={tooLong}>
        {bytes > COUNT_FROM_BYTES ? words.characters(bytes, INLINE_TEXT_BYTES_MAX) : ""}
      </p>
    </form>
  );
}

function isSendKey({
  key,
  shiftKey,
  altKey,
  ctrlKey,
  metaKey,
  nativeEvent,
}: KeyboardEvent): boolean {
  if (key !== "Enter" || shiftKey || altKey || ctrlKey || metaKey) return false;
  return !isComposing(nativeEvent) && !isCoarsePointer();
}

/** As high as its text, up to the height that the style allows. */
function fitToText(field: HTMLTextAreaElement | null, text: string): void {
  if (field === null) return;
  field.style.blockSize = "auto";
  if (text !== "") field.style.blockSize = `${field.scrollHeight}px`;
}
