/**
 * What is known of one message: beside the conversation on wide screens, above it on narrow ones.
 *
 * [AMR1] In a large group members tell who has it when they are asked, and are asked while it is looked at.
 * [AMR2] Who brought it back is named, when no relay had delivered it. [AMR3] What it said before is there as
 * whole as what it says now.
 */
import { type ReactElement, useCallback, useEffect } from "react";

import { utf8 } from "../../../crypto/base/bytes.ts";
import type { EntryRow } from "../../../sync/store/rows.ts";
import { summaryOf } from "../../../sync/thread/summary.ts";
import type { MessageView } from "../../../sync/thread/view.ts";
import type { Chat } from "../../db/chats.ts";
import { readVersions } from "../../db/looks.ts";
import {
  type MessageState,
  messageStateOf,
  reachedOf,
  readersOf,
  RECEIPTS_MEMBERS_MAX,
} from "../../db/message-state.ts";
import { readExpiry } from "../../db/overdue.ts";
import { nameIn, type People } from "../../db/people.ts";
import type { Receipts } from "../../db/receipts.ts";
import { useSession } from "../../session/session.ts";
import { stateText, summaryText } from "../../text/chat-text.ts";
import { texts } from "../../text/speech.ts";
import { fullTime } from "../../text/times.ts";
import { Avatar } from "../../ui/avatar.tsx";
import { PanelHeader } from "../../ui/panel-header.tsx";
import { useFirstFocus } from "../../ui/use-first-focus.ts";
import { useRows } from "../../ui/use-rows.ts";
import { LongText } from "./long-text.tsx";
import { MessageText } from "./message-text.tsx";

/** The device itself asks no more often than every half minute. */
const ASK_EVERY_MS = 31_000;

type Props = {
  readonly chat: Chat;
  /** Give it `key={entry.id}`. */
  readonly entry: EntryRow;
  /** Undefined: it needs a newer app. */
  readonly view: MessageView | undefined;
  readonly receipts: Receipts;
  readonly people: People;
  readonly onClose: () => void;
};

export function MessageInfo({ chat, entry, view, receipts, people, onClose }: Props): ReactElement {
  const close = useFirstFocus<HTMLButtonElement>();
  const { me } = useSession();
  const words = texts().info;
  const state = entry.own ? messageStateOf(entry, view, receipts, chat.kind) : null;
  const account = receipts.logByNumber.get(entry.a)?.account ?? "";

  return (
    <aside className="details" aria-labelledby="info-heading">
      <PanelHeader
        id="info-heading"
        heading={words.heading}
        closeButton={close}
        onClose={onClose}
      />
      <blockquote className="details-quote" dir="auto">
        {textOf(view)}
      </blockquote>
      <dl className="details-facts">
        <Fact name={words.from} value={entry.own ? texts().you : nameIn(people, account)} />
        <Fact name={words.written} value={fullTime(entry.writtenAtMs)} />
        {state === null ? null : (
          <Fact
            name={words.state}
            value={stateText(state)}
            help={helpOf(state, chat.kind === "group")}
          />
        )}
        {entry.healedBy === undefined ? null : (
          <Fact
            name={texts().healing.recoveredFrom}
            value={healerOf(entry.healedBy, people, me.account)}
          />
        )}
        {view?.state === "here" ? (
          <Fact name={words.size} value={words.bytes(bytesOf(view))} />
        ) : null}
        {entry.lifetimeMs === undefined ? null : (
          <Vanishing entry={entry} lifetimeMs={entry.lifetimeMs} />
        )}
        <Fact name={words.id} value={entry.id} code />
      </dl>
      {chat.kind === "group" && state !== "notAccepted" ? (
        <Readers entry={entry} receipts={receipts} people={people} />
      ) : null}
      {view === undefined ? null : <Versions entry={entry} view={view} people={people} />}
      {entry.late ? <p className="hint">{words.late}</p> : null}
      {entry.clockAhead ? <p className="hint">{words.clockAhead}</p> : null}
    </aside>
  );
}

const bytesOf = ({ whole, text }: MessageView): number => whole?.bytes ?? utf8(text).length;

type VanishingProps = { readonly entry: EntryRow; readonly lifetimeMs: number };

/** When it disappears here, as far as its time runs. */
function Vanishing({ entry: { c, a, s }, lifetimeMs }: VanishingProps): ReactElement {
  const { db } = useSession();
  const read = useCallback(async () => (await readExpiry(db, [c, a, s])) ?? null, [db, c, a, s]);
  const at = useRows(read) ?? null;
  const words = texts().media.timer;
  const when = at === null ? words.after(words.lifetime(lifetimeMs)) : words.at(fullTime(at));
  return <Fact name={words.info} value={when} />;
}

/** Who brought it back, when no relay had delivered it. */
const healerOf = (account: string, people: People, self: string): string =>
  account === self ? texts().healing.otherDevice : nameIn(people, account);

function textOf(view: MessageView | undefined): string {
  if (view === undefined) return texts().conversation.newerApp;
  return view.state === "here" ? view.text : summaryText(summaryOf(view));
}

type ReadersProps = Pick<Props, "entry" | "receipts" | "people">;

/** Of a group: who has it, and who read it. Known of one's own messages alone. */
function Readers({ entry, receipts, people }: ReadersProps): ReactElement | null {
  const words = texts().groups;
  const log = receipts.logByNumber.get(entry.a);
  const isLarge = receipts.members.length > RECEIPTS_MEMBERS_MAX;
  useAsking(entry.c, entry.own && isLarge);
  if (!entry.own || log === undefined) return null;
  const all = readersOf(entry, log.account, receipts.members).map(({ account }) => ({
    account,
    name: nameIn(people, account),
    reached: reachedOf(entry, log, receipts.cursors, account),
  }));
  const readers = isLarge ? all.filter(({ reached }) => reached !== null) : all;
  if (isLarge && readers.length === 0) return <p className="hint">{texts().healing.asked}</p>;
  if (readers.length === 0) return null;
  return (
    <section>
      <h3>{words.readers}</h3>
      <ul className="readers" aria-label={words.readers}>
        {readers
          .toSorted((x, y) => ORDER[x.reached ?? "none"] - ORDER[y.reached ?? "none"])
          .map(({ account, name, reached }) => (
            <li key={account}>
              <Avatar account={account} name={name} />
              <bdi>{name}</bdi>{" "}
              <span className="hint">
                {reached === null ? words.notYet : words.reached[reached]}
              </span>
            </li>
          ))}
      </ul>
    </section>
  );
}

/** Members of a large group tell it when they are asked. */
function useAsking(c: number, isAsked: boolean): void {
  const { device } = useSession();
  useEffect(() => {
    if (!isAsked) return undefined;
    const ask = (): void => void device.call("receipts", "ask", c);
    ask();
    const timer = setInterval(ask, ASK_EVERY_MS);
    return () => clearInterval(timer);
  }, [device, c, isAsked]);
}

/** Who has seen it comes first. */
const ORDER = { read: 0, delivered: 1, none: 2 } as const;

type VersionsProps = Pick<Props, "entry" | "people"> & { readonly view: MessageView };

/** What it said before, the latest first. */
function Versions({ entry, view, people }: VersionsProps): ReactElement | null {
  const { db } = useSession();
  const read = useCallback(() => readVersions(db, entry, view), [db, entry, view]);
  const earlier = (useRows(read) ?? []).slice(1);
  if (earlier.length === 0) return null;
  return (
    <section>
      <h3>{texts().info.versions}</h3>
      <ol className="versions" aria-label={texts().info.versions}>
        {earlier.map(({ id, text, mentions, whole, writtenAtMs }) => (
          <li key={id}>
            <p className="hint">{fullTime(writtenAtMs)}</p>
            <div dir="auto">
              {whole === null ? (
                <MessageText text={text} mentions={mentions} people={people} />
              ) : (
                <LongText
                  beginning={text}
                  whole={whole}
                  mentions={mentions}
                  people={people}
                  tabIndex={0}
                />
              )}
            </div>
          </li>
        ))}
      </ol>
    </section>
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

function helpOf(state: MessageState, isGroup: boolean): string {
  const { info, groups } = texts();
  const { waitingHelp, savedHelp } = info;
  const { sentHelp, deliveredHelp, readHelp } = isGroup ? groups : info;
  return {
    waiting: waitingHelp,
    sent: sentHelp,
    delivered: deliveredHelp,
    read: readHelp,
    saved: savedHelp,
    notAccepted: groups.notAcceptedHelp,
  }[state];
}
