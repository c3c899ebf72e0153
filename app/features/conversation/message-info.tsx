/** What is known of one message: beside the conversation on wide screens, above it on narrow ones. */
import { X } from "lucide-react";
import { type ReactElement, useEffect, useRef } from "react";

import { utf8 } from "../../../crypto/base/bytes.ts";
import type { EntryRow } from "../../../sync/store/rows.ts";
import type { Chat } from "../../db/chats.ts";
import { type MessageState, messageStateOf } from "../../db/message-state.ts";
import type { Receipts } from "../../db/receipts.ts";
import { texts } from "../../text/speech.ts";
import { fullTime } from "../../text/times.ts";

type Props = {
  readonly chat: Chat;
  /** Give it `key={entry.id}`. */
  readonly entry: EntryRow;
  readonly receipts: Receipts;
  readonly onClose: () => void;
};

export function MessageInfo({ chat, entry, receipts, onClose }: Props): ReactElement {
  const close = useRef<HTMLButtonElement>(null);
  const words = texts().info;
  const log = receipts.logByNumber.get(entry.a);
  const state =
    entry.own && log !== undefined
      ? messageStateOf(entry.s, log, receipts.cursors, chat.kind)
      : null;

  useEffect(() => close.current?.focus(), []);
  return (
    <aside className="details" aria-labelledby="info-heading">
      <header className="details-header">
        <h2 id="info-heading">{words.heading}</h2>
        <button
          ref={close}
          type="button"
          className="icon-button"
          aria-label={texts().close}
          onClick={onClose}
        >
          <X aria-hidden="true" />
        </button>
      </header>
      <blockquote className="details-quote" dir="auto">
        {entry.text}
      </blockquote>
      <dl className="details-facts">
        <Fact name={words.from} value={entry.own ? texts().you : chat.name} />
        <Fact name={words.written} value={fullTime(entry.writtenAtMs)} />
        {state === null ? null : (
          <Fact name={words.state} value={texts().states[state]} help={helpOf(state)} />
        )}
        <Fact name={words.size} value={words.bytes(utf8(entry.text).length)} />
        <Fact name={words.id} value={entry.id} code />
      </dl>
      {entry.late ? <p className="hint">{words.late}</p> : null}
      {entry.clockAhead ? <p className="hint">{words.clockAhead}</p> : null}
    </aside>
  );
}

type FactProps = {
  readonly name: string;
  readonly value: string;
  readonly help?: string;
  readonly code?: boolean;
};

const Fact = ({ name, value, help, code = false }: FactProps): ReactElement => (
  <div>
    <dt>{name}</dt>
    <dd>{code ? <code>{value}</code> : <bdi>{value}</bdi>}</dd>
    {help === undefined ? null : <dd className="hint">{help}</dd>}
  </div>
);

function helpOf(state: MessageState): string {
  const { waitingHelp, sentHelp, deliveredHelp, readHelp, savedHelp } = texts().info;
  return {
    waiting: waitingHelp,
    sent: sentHelp,
    delivered: deliveredHelp,
    read: readHelp,
    saved: savedHelp,
  }[state];
}
