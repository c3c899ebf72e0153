/**
 * One message in the log.
 *
 * [AMI1] An own message says its state in text that assistive technology reads. [AMI2] The item's
 * name is author, text, that it was forwarded, what it answers, reactions, time and state, in that
 * order. [AMI3] A text is shown as it is: `<b>` stays `<b>`. [AMI4] What was deleted says so, and nothing
 * else of it is there. [AMI5] In a group the name of its author is seen where messages of theirs begin.
 * [AMI6] That it was edited leads to what it said before.
 */
import {
  Check,
  CheckCheck,
  CircleAlert,
  Clock,
  Ellipsis,
  Forward,
  Pin,
  Star,
  Timer,
} from "lucide-react";
import { type CSSProperties, memo, type ReactElement } from "react";

import type { EntryRow } from "../../../sync/store/rows.ts";
import type { Look, Quote, Spot } from "../../db/looks.ts";
import type { MessageState } from "../../db/message-state.ts";
import type { People } from "../../db/people.ts";
import { stateText, summaryText } from "../../text/chat-text.ts";
import { texts } from "../../text/speech.ts";
import { clockTime, dayText, fullTime } from "../../text/times.ts";
import { hueOf } from "../../ui/avatar.tsx";
import type { Point } from "../../ui/menu.tsx";
import { LongText } from "./long-text.tsx";
import { MessageText } from "./message-text.tsx";
import { Reactions } from "./reactions.tsx";
import { besideBubble } from "./use-menu-opening.ts";

type Props = {
  readonly entry: EntryRow;
  /** Undefined: it needs a newer app. */
  readonly look: Look | undefined;
  readonly author: string;
  /** Colours their name, which is then seen: it is not clear from the chat who writes. Null: it is. */
  readonly colourOf: string | null;
  /** What is said instead of its words when it was deleted. */
  readonly deletedText: string;
  /** Who wrote what is answered. */
  readonly answered: string;
  readonly people: People;
  /** Null for others' messages. */
  readonly state: MessageState | null;
  readonly startsDay: boolean;
  readonly startsGroup: boolean;
  readonly endsGroup: boolean;
  /** Stands after the "new messages" line. */
  readonly firstNew: boolean;
  /** Its state is spelt out: the newest own message. */
  readonly spelled: boolean;
  /** The one that the Tab key reaches. */
  readonly active: boolean;
  readonly nowMs: number;
  readonly onMenu: (id: string, at: Point) => void;
  readonly onGo: (spot: Spot) => void;
  /** What is known of it, and what it said before. */
  readonly onInfo: (id: string) => void;
  /** Null: one may not write here. */
  readonly onReact: ((id: string, emoji: string, on: boolean) => void) | null;
};

const ICONS = {
  waiting: Clock,
  sent: Check,
  delivered: CheckCheck,
  read: CheckCheck,
  saved: Check,
  notAccepted: CircleAlert,
};

/** Of its parts those that are there. */
const NAMED_BY = ["author", "text", "forwarded", "quote", "reactions", "meta"] as const;

export const MessageItem = memo((props: Props): ReactElement => {
  const { entry, look, active, startsDay, startsGroup, endsGroup, firstNew } = props;
  const { id, own, writtenAtMs } = entry;
  const words = texts().conversation;
  const reactions = look?.view.reactions ?? [];
  const quote = look?.quote ?? null;
  return (
    // Focusable so that arrow keys walk from message to message (use-roving.ts).
    <li
      className="message"
      data-message={id}
      data-own={own}
      data-starts={startsGroup}
      data-ends={endsGroup}
      // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a roving one
      tabIndex={active ? 0 : -1}
      aria-labelledby={NAMED_BY.map((part) => `${id}-${part}`).join(" ")}
    >
      {startsDay ? <h2 className="day">{dayText(writtenAtMs, props.nowMs)}</h2> : null}
      {firstNew ? (
        <p className="new-divider">
          <span>{words.newDivider}</span>
        </p>
      ) : null}
      <div className="bubble-row">
        <div className="bubble">
          <Author {...props} />
          {look?.view.forwarded === true ? (
            <p id={`${id}-forwarded`} className="forwarded">
              <Forward aria-hidden="true" />
              {texts().actions.forwarded}
            </p>
          ) : null}
          {quote === null ? null : <QuoteButton {...props} quote={quote} />}
          <p id={`${id}-text`} className="message-text" dir="auto">
            {wordsOf(props)}
          </p>
          <Meta {...props} />
        </div>
        <button
          type="button"
          className="icon-button message-menu-button"
          aria-label={texts().actions.menu}
          aria-haspopup="menu"
          tabIndex={active ? 0 : -1}
          onClick={({ currentTarget }) =>
            props.onMenu(id, besideBubble(currentTarget.closest("[data-message]")))
          }
        >
          <Ellipsis aria-hidden="true" />
        </button>
      </div>
      <div id={`${id}-reactions`}>
        {reactions.length === 0 ? null : (
          <Reactions
            reactions={reactions}
            people={props.people}
            onReact={props.onReact && ((emoji, on) => props.onReact?.(id, emoji, on))}
            tabIndex={active ? 0 : -1}
          />
        )}
      </div>
    </li>
  );
});
MessageItem.displayName = "MessageItem";

/** Seen where a group of messages begins, read out with each. */
function Author({ entry, author, colourOf, startsGroup }: Props): ReactElement {
  const isSeen = colourOf !== null && startsGroup;
  return (
    <span
      id={`${entry.id}-author`}
      className={isSeen ? "message-author" : "visually-hidden"}
      style={isSeen ? ({ "--hue": hueOf(colourOf) } as CSSProperties) : undefined}
    >
      <bdi>{author}</bdi>
    </span>
  );
}

function wordsOf({ look, deletedText, active, people }: Props): ReactElement {
  const words = texts().actions;
  if (look === undefined) return <em>{texts().conversation.newerApp}</em>;
  const { state, text, mentions, whole } = look.view;
  if (state === "here" && whole !== null) {
    const named = { mentions, people };
    return <LongText beginning={text} whole={whole} {...named} tabIndex={active ? 0 : -1} />;
  }
  if (state === "here") return <MessageText text={text} mentions={mentions} people={people} />;
  if (state === "missing") return <em>{words.missing}</em>;
  return <em>{deletedText}</em>;
}

/** What is answered; leads there if it is here. */
function QuoteButton({
  entry,
  quote: { summary, target },
  answered,
  active,
  onGo,
}: Props & { readonly quote: Quote }): ReactElement {
  const line = summaryText(summary);
  if (target === null) {
    return (
      <blockquote id={`${entry.id}-quote`} className="quote" dir="auto">
        {line}
      </blockquote>
    );
  }
  return (
    <button
      type="button"
      id={`${entry.id}-quote`}
      className="quote"
      tabIndex={active ? 0 : -1}
      onClick={() => onGo(target)}
    >
      <span className="quote-author">
        <span className="visually-hidden">{texts().actions.answerTo} </span>
        <bdi>{answered}</bdi>
        <span className="visually-hidden">: </span>
      </span>
      <span className="quote-line" dir="auto">
        {line}
      </span>
    </button>
  );
}

function Meta({ entry, look, state, spelled, onInfo }: Props): ReactElement {
  const { id, writtenAtMs, late, clockAhead, lifetimeMs } = entry;
  const words = texts().conversation;
  const view = look?.view;
  return (
    <p id={`${id}-meta`} className="message-meta">
      {view?.isPinned === true ? <Mark icon={<Pin />} name={texts().actions.pinDone} /> : null}
      {view?.isStarred === true ? <Mark icon={<Star />} name={texts().actions.starDone} /> : null}
      {view === undefined || view.versions.length === 0 ? null : (
        // Keys have "Info": one stop fewer on the way to each message.
        <button type="button" className="flag edited" tabIndex={-1} onClick={() => onInfo(id)}>
          {texts().actions.edited}
        </button>
      )}
      {lifetimeMs === undefined ? null : <Mark icon={<Timer />} name={texts().media.timer.info} />}
      {late ? <span className="flag">{words.late}</span> : null}
      {clockAhead ? <span className="flag">{words.clockAhead}</span> : null}
      <time dateTime={new Date(writtenAtMs).toISOString()} title={fullTime(writtenAtMs)}>
        {clockTime(writtenAtMs)}
      </time>
      {state === null ? null : <State state={state} spelled={spelled} />}
    </p>
  );
}

type MarkProps = { readonly icon: ReactElement; readonly name: string };

const Mark = ({ icon, name }: MarkProps): ReactElement => (
  <span className="message-mark" title={name}>
    <span aria-hidden="true">{icon}</span>
    <span className="visually-hidden">{name}</span>
  </span>
);

type StateProps = { readonly state: MessageState; readonly spelled: boolean };

function State({ state, spelled }: StateProps): ReactElement {
  const Icon = ICONS[state];
  return (
    <span className="message-state" data-state={state}>
      <Icon aria-hidden="true" />
      <span className={spelled ? "" : "visually-hidden"}>{stateText(state)}</span>
    </span>
  );
}
