/**
 * One message in the log.
 *
 * [AMI1] An own message says its state in text that assistive technology reads. [AMI2] The item's
 * name is author, text, time and state, in that order. [AMI3] A text is shown as it is: `<b>` stays
 * `<b>`.
 */
import { Check, CheckCheck, Clock, Info } from "lucide-react";
import { memo, type ReactElement } from "react";

import { KINDS } from "../../../sync/entry/kinds.ts";
import type { EntryRow } from "../../../sync/store/rows.ts";
import type { MessageState } from "../../db/message-state.ts";
import { texts } from "../../text/speech.ts";
import { clockTime, dayText, fullTime } from "../../text/times.ts";
import { MessageText } from "./message-text.tsx";

type Props = {
  readonly entry: EntryRow;
  readonly author: string;
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
  readonly onInfo: (id: string) => void;
};

const ICONS = {
  waiting: Clock,
  sent: Check,
  delivered: CheckCheck,
  read: CheckCheck,
  saved: Check,
};

export const MessageItem = memo((props: Props): ReactElement => {
  const { entry, author, active, startsDay, startsGroup, endsGroup, firstNew, onInfo } = props;
  const { id, own, writtenAtMs } = entry;
  const words = texts().conversation;
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
      aria-labelledby={`${id}-author ${id}-text ${id}-meta`}
    >
      {startsDay ? <h2 className="day">{dayText(writtenAtMs, props.nowMs)}</h2> : null}
      {firstNew ? (
        <p className="new-divider">
          <span>{words.newDivider}</span>
        </p>
      ) : null}
      <div className="bubble-row">
        <div className="bubble">
          <span id={`${id}-author`} className="visually-hidden">
            {author}
          </span>
          <p id={`${id}-text`} className="message-text" dir="auto">
            {entry.kind === KINDS.message.number ? (
              <MessageText text={entry.text} />
            ) : (
              <em>{words.newerApp}</em>
            )}
          </p>
          <Meta {...props} />
        </div>
        <button
          type="button"
          className="icon-button message-info-button"
          aria-label={words.info}
          tabIndex={active ? 0 : -1}
          onClick={() => onInfo(id)}
        >
          <Info aria-hidden="true" />
        </button>
      </div>
    </li>
  );
});
MessageItem.displayName = "MessageItem";

function Meta({ entry, state, spelled }: Props): ReactElement {
  const { id, writtenAtMs, late, clockAhead } = entry;
  const words = texts().conversation;
  return (
    <p id={`${id}-meta`} className="message-meta">
      {late ? <span className="flag">{words.late}</span> : null}
      {clockAhead ? <span className="flag">{words.clockAhead}</span> : null}
      <time dateTime={new Date(writtenAtMs).toISOString()} title={fullTime(writtenAtMs)}>
        {clockTime(writtenAtMs)}
      </time>
      {state === null ? null : <State state={state} spelled={spelled} />}
    </p>
  );
}

type StateProps = { readonly state: MessageState; readonly spelled: boolean };

function State({ state, spelled }: StateProps): ReactElement {
  const Icon = ICONS[state];
  return (
    <span className="message-state" data-state={state}>
      <Icon aria-hidden="true" />
      <span className={spelled ? "" : "visually-hidden"}>{texts().states[state]}</span>
    </span>
  );
}
