/**
 * Where a message is written, and where one's own is changed.
 *
 * [ACO1] Enter sends, Shift+Enter makes a line; on touch Enter makes a line. [ACO2] Over 100,000
 * characters it says by how much, and sends nothing. [ACO3] A text that was refused is in the field
 * again. [ACO4] An Enter that ends an input method's composition does not send. [ACO5] Escape gives up
 * an answer or a change first. [ACO6] Up in an empty field changes one's last message; the draft that was
 * there is there again afterwards. [ACO7] Escape gives up an answer also when nothing has the focus. [ACO8]
 * What was deleted meanwhile is answered no more.
 */
import { Check, Pencil, Reply, SendHorizontal, X } from "lucide-react";
import {
  type FormEvent,
  type KeyboardEvent,
  type ReactElement,
  type RefObject,
  useEffect,
  useLayoutEffect,
  useRef,
} from "react";

import { oneLine } from "../../../sync/thread/summary.ts";
import { TEXT_CODE_POINTS_MAX } from "../../../sync/thread/text-length.ts";
import { isCoarsePointer } from "../../platform/capabilities.ts";
import { isComposing } from "../../platform/keys.ts";
import { failureText } from "../../text/failure-text.ts";
import { texts } from "../../text/speech.ts";
import { MentionList, optionId } from "./mention-list.tsx";
import { useEdit } from "./use-edit.ts";
import { useMentioning } from "./use-mentioning.ts";
import { COUNT_FROM, type Sending, useSend } from "./use-send.ts";

/** `author` null: oneself. `line`: what is answered, on one line. */
export type Answering = {
  readonly id: string;
  readonly author: string | null;
  readonly line: string;
};
export type Editing = { readonly id: string; readonly text: string };

type Props = {
  readonly c: number;
  readonly answering: Answering | null;
  readonly onAnswering: (answering: Answering | null) => void;
  /** A message of ours is in the log now. */
  readonly onSent: () => void;
  /** Up in an empty field. */
  readonly onEditLast: () => void;
};

export function Composer({ c, answering, onAnswering, onSent, onEditLast }: Props): ReactElement {
  const sending = useSend(c, answering, onAnswering, onSent);
  const words = texts().actions;
  return (
    <Writing
      c={c}
      sending={sending}
      bar={
        answering && {
          icon: <Reply aria-hidden="true" />,
          title: words.replyingTo(answering.author),
          line: answering.line,
          onCancel: () => onAnswering(null),
        }
      }
      focusFor={answering?.id ?? ""}
      onUp={onEditLast}
    />
  );
}

type EditProps = Editing & { readonly c: number; readonly onDone: () => void };

/** Give it `key={id}`. */
export function EditComposer({ c, id, text, onDone }: EditProps): ReactElement {
  const sending = useEdit(c, { id, text }, onDone);
  const words = texts().actions;
  return (
    <Writing
      c={c}
      sending={sending}
      bar={{
        icon: <Pencil aria-hidden="true" />,
        title: words.editing,
        line: oneLine(text),
        onCancel: onDone,
      }}
      focusFor={id}
      isEdit
    />
  );
}

type Bar = {
  readonly icon: ReactElement;
  readonly title: string;
  readonly line: string;
  readonly onCancel: () => void;
};

type WritingProps = {
  readonly c: number;
  readonly sending: Sending;
  readonly bar: Bar | null;
  /** The field has the focus when this changes. */
  readonly focusFor: string;
  readonly isEdit?: boolean;
  readonly onUp?: () => void;
};

function Writing({ c, sending, bar, focusFor, isEdit = false, onUp }: WritingProps): ReactElement {
  const { text, characters, failure, write } = sending;
  const field = useField(focusFor, text);
  const mentioning = useMentioning(c, field, write);
  const words = texts().conversation;
  const tooLong = characters > TEXT_CODE_POINTS_MAX;
  const send = (): void => void sending.send(mentioning.chosen);
  useEscapeFromNowhere(bar?.onCancel ?? null);

  const submit = (event: FormEvent): void => {
    event.preventDefault();
    send();
    field.current?.focus();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (mentioning.onKeyDown(event)) return;
    if (isSendKey(event)) {
      event.preventDefault();
      send();
    } else if (event.key === "Escape" && bar !== null && !isComposing(event.nativeEvent)) {
      event.preventDefault();
      bar.onCancel();
    } else if (event.key === "ArrowUp" && text === "" && isPlain(event)) {
      event.preventDefault();
      onUp?.();
    }
  };
  const isListed = mentioning.options.length > 0;
  return (
    <form className="composer" onSubmit={submit}>
      <p id="composer-failure" className="failure" role="alert">
        {failure === null ? "" : failureText(failure)}
      </p>
      {bar === null ? null : <WritingBar {...bar} />}
      <MentionList {...mentioning} />
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
          aria-describedby="composer-failure composer-bar composer-count"
          aria-autocomplete="list"
          aria-controls={isListed ? mentioning.listId : undefined}
          aria-activedescendant={
            isListed ? optionId(mentioning.listId, mentioning.active) : undefined
          }
          onInput={(event) => {
            write(event.currentTarget.value);
            mentioning.look();
          }}
          onSelect={mentioning.look}
          onBlur={mentioning.close}
          onKeyDown={onKeyDown}
        />
        <SendButton isEdit={isEdit} isEmpty={text.trim() === ""} />
      </div>
      <p id="composer-count" className="composer-count" data-over={tooLong}>
        {characters > COUNT_FROM ? words.characters(characters, TEXT_CODE_POINTS_MAX) : ""}
      </p>
    </form>
  );
}

/** It has the focus when `focusFor` changes, and the height of its text. */
function useField(focusFor: string, text: string): RefObject<HTMLTextAreaElement | null> {
  const field = useRef<HTMLTextAreaElement>(null);
  useEffect(() => {
    if (isCoarsePointer() && focusFor === "") return;
    const { current } = field;
    current?.focus();
    current?.setSelectionRange(current.value.length, current.value.length);
  }, [focusFor]);
  useLayoutEffect(() => fitToText(field.current, text), [text]);
  return field;
}

type SendButtonProps = { readonly isEdit: boolean; readonly isEmpty: boolean };

const SendButton = ({ isEdit, isEmpty }: SendButtonProps): ReactElement => (
  <button
    type="submit"
    className="send-button"
    aria-label={isEdit ? texts().actions.save : texts().conversation.send}
    aria-disabled={isEmpty}
  >
    {isEdit ? (
      <Check aria-hidden="true" />
    ) : (
      <SendHorizontal className="send-icon" aria-hidden="true" />
    )}
  </button>
);

const WritingBar = ({ icon, title, line, onCancel }: Bar): ReactElement => (
  <div id="composer-bar" className="composer-bar">
    {icon}
    <span className="composer-bar-words">
      <bdi className="composer-bar-title">{title}</bdi>
      <span className="composer-bar-line" dir="auto">
        {line}
      </span>
    </span>
    <button
      type="button"
      className="icon-button"
      aria-label={texts().actions.cancel}
      onClick={onCancel}
    >
      <X aria-hidden="true" />
    </button>
  </div>
);

/** Before the shell's own Escape (shell/use-shortcuts.ts). */
function useEscapeFromNowhere(cancel: (() => void) | null): void {
  useEffect(() => {
    if (cancel === null) return undefined;
    const onKeyDown = (event: globalThis.KeyboardEvent): void => {
      const isNowhere = document.activeElement === null || document.activeElement === document.body;
      if (event.key !== "Escape" || event.defaultPrevented || !isNowhere) return;
      event.preventDefault();
      cancel();
    };
    document.addEventListener("keydown", onKeyDown);
    return () => document.removeEventListener("keydown", onKeyDown);
  }, [cancel]);
}

const isPlain = ({ shiftKey, altKey, ctrlKey, metaKey }: KeyboardEvent): boolean =>
  !(shiftKey || altKey || ctrlKey || metaKey);

function isSendKey(event: KeyboardEvent): boolean {
  if (event.key !== "Enter" || !isPlain(event)) return false;
  return !isComposing(event.nativeEvent) && !isCoarsePointer();
}

/** So long a text is higher than any screen: to measure it at each letter would make typing slow. */
const HIGHEST_FROM_CHARS = 20_000;

/** As high as its text, up to the height that the style allows. */
function fitToText(field: HTMLTextAreaElement | null, text: string): void {
  if (field === null) return;
  if (text.length > HIGHEST_FROM_CHARS) {
    field.style.blockSize = "100vh";
    return;
  }
  field.style.blockSize = "auto";
  if (text !== "") field.style.blockSize = `${field.scrollHeight}px`;
}
