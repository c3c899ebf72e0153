/**
 * Reactions below a message, one button an emoji, and the window in which one is chosen.
 *
 * [ARE1] A button tells who reacted, and that one's own is among them; it takes one's own back or adds it.
 * [ARE2] Any emoji can be typed or pasted; what is none is refused in words.
 */
import { type FormEvent, type ReactElement, useRef, useState } from "react";

import { isEmoji } from "../../../sync/entry/emoji.ts";
import type { ReactionView } from "../../../sync/thread/view.ts";
import { nameIn, type People } from "../../db/people.ts";
import { useSession } from "../../session/session.ts";
import { texts } from "../../text/speech.ts";
import { Dialog } from "../../ui/dialog.tsx";

/** Names that are said of those who reacted. */
const NAMED_MAX = 20;
const COMMON = ["👍", "❤️", "😂", "😮", "😢", "🙏"] as const;

type Props = {
  readonly reactions: readonly ReactionView[];
  readonly people: People;
  /** Null: one may not react here. */
  readonly onReact: ((emoji: string, on: boolean) => void) | null;
  readonly tabIndex: 0 | -1;
};

export function Reactions({ reactions, people, onReact, tabIndex }: Props): ReactElement {
  const { me } = useSession();
  return (
    <div className="reactions">
      {reactions.map(({ emoji, accounts, own }) => {
        const others = accounts.filter((it) => it !== me.account);
        const names = [...(own ? [texts().you] : []), ...others.map((it) => nameIn(people, it))];
        const who = names.slice(0, NAMED_MAX).join(", ") + (names.length > NAMED_MAX ? ", …" : "");
        return (
          <button
            key={emoji}
            type="button"
            className="reaction"
            aria-pressed={own}
            title={who}
            disabled={onReact === null}
            tabIndex={tabIndex}
            onClick={() => onReact?.(emoji, !own)}
          >
            <span>{emoji}</span> <span>{accounts.length}</span>{" "}
            <span className="visually-hidden">{texts().actions.reactedBy(who)}</span>
          </button>
        );
      })}
    </div>
  );
}

type DialogProps = {
  readonly reactions: readonly ReactionView[];
  readonly onReact: (emoji: string, on: boolean) => void;
  readonly onClose: () => void;
};

export function ReactionDialog({ reactions, onReact, onClose }: DialogProps): ReactElement {
  const [typed, setTyped] = useState("");
  const [isRefused, setRefused] = useState(false);
  const first = useRef<HTMLButtonElement>(null);
  const words = texts().actions;
  const own = new Set(reactions.filter((it) => it.own).map(({ emoji }) => emoji));
  const choose = (emoji: string): void => {
    onReact(emoji, !own.has(emoji));
    onClose();
  };
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const emoji = typed.trim();
    if (isEmoji(emoji)) choose(emoji);
    else setRefused(true);
  };
  return (
    <Dialog heading={words.react} initialFocus={first} onClose={onClose}>
      <div className="emoji-row">
        {COMMON.map((emoji, i) => (
          <button
            key={emoji}
            ref={i === 0 ? first : null}
            type="button"
            className="emoji-button"
            aria-pressed={own.has(emoji)}
            onClick={() => choose(emoji)}
          >
            {emoji}
          </button>
        ))}
      </div>
      <form className="field-row" onSubmit={submit}>
        <input
          aria-label={words.anyEmoji}
          placeholder={words.anyEmoji}
          value={typed}
          aria-invalid={isRefused}
          aria-describedby="emoji-failure"
          onInput={(event) => {
            setTyped(event.currentTarget.value);
            setRefused(false);
          }}
        />
        <button type="submit" className="primary-button">
          {words.react}
        </button>
      </form>
      <p id="emoji-failure" className="failure" role="alert">
        {isRefused ? texts().errors.emojiInvalid : ""}
      </p>
    </Dialog>
  );
}
