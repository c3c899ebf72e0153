/**
 * A line of the log that is no message: what a group tells of itself. [AML1] It is one item of the list,
 * read as one sentence with its time.
 */
import { memo, type ReactElement } from "react";

import { clockTime, dayText, fullTime } from "../../text/times.ts";

type Props = {
  readonly id: string;
  readonly text: string;
  readonly writtenAtMs: number;
  readonly startsDay: boolean;
  /** The one that the Tab key reaches. */
  readonly active: boolean;
  readonly nowMs: number;
};

export const MessageLine = memo(
  ({ id, text, writtenAtMs, startsDay, active, nowMs }: Props): ReactElement => (
    // Focusable so that arrow keys walk from message to message (use-roving.ts).
    <li
      className="message message-line"
      data-message={id}
      data-starts="true"
      // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a roving one
      tabIndex={active ? 0 : -1}
      aria-labelledby={`${id}-text ${id}-meta`}
    >
      {startsDay ? <h2 className="day">{dayText(writtenAtMs, nowMs)}</h2> : null}
      <p>
        <span id={`${id}-text`} dir="auto">
          {text}
        </span>{" "}
        <time
          id={`${id}-meta`}
          dateTime={new Date(writtenAtMs).toISOString()}
          title={fullTime(writtenAtMs)}
        >
          {clockTime(writtenAtMs)}
        </time>
      </p>
    </li>
  ),
);
MessageLine.displayName = "MessageLine";
