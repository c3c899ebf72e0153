/**
 * Quiet lines above the composer: messages that are missing, came late or were brought back, a device
 * that says two things at once, and a session that had to be begun anew. Most of it mends itself; the
 * person should know all the same.
 *
 * [ANO1] What is only on its way is not talked about. [ANO2] A new session is told for a day. [ANO3] So
 * is who brought back what a relay had not delivered. [ANO4] Older messages that come in are counted, and
 * one press leads to the first. [ANO5] What nobody could supply yet is said to be looked for. [ANO6] A
 * forked log is told with both things that it says, for a month. [ANO7] Who was not found for a day is to
 * be asked for a new link. [ANO8] Groups of theirs that we were not put into are said, and what leads there.
 */
import { type ReactElement, useCallback } from "react";

import { UNANSWERED_GROUPS_MAX } from "../../../sync/group/rows.ts";
import type { Chat } from "../../db/chats.ts";
import type { Spot } from "../../db/looks.ts";
import { nameIn, type People } from "../../db/people.ts";
import type { Receipts } from "../../db/receipts.ts";
import {
  hasDeclinedGroups,
  lostSinceMs,
  missingMessages,
  readTroubles,
  sessionResetMs,
  type Troubles,
} from "../../db/troubles.ts";
import { useSession, useStatus } from "../../session/session.ts";
import { texts } from "../../text/speech.ts";
import { fullTime } from "../../text/times.ts";
import { useLate, useNow } from "../../ui/use-live.ts";
import { useRows } from "../../ui/use-rows.ts";
import { DeviceNote } from "./device-note.tsx";
import { useLateArrivals } from "./use-late.ts";

/** Most holes are envelopes on their way: they are filled, or asked for, within this. */
const MISSING_SHOWN_AFTER_MS = 5_000;
const DAY_MS = 86_400_000;
const FORK_SHOWN_MS = 30 * DAY_MS;
const NO_TROUBLES: Troubles = { starts: {}, forks: [], healed: [] };

type Props = {
  readonly chat: Chat;
  readonly receipts: Receipts;
  readonly people: People;
  readonly onGo: (spot: Spot) => void;
};

export function ChatNotes({ chat, receipts, people, onGo }: Props): ReactElement {
  const { db } = useSession();
  const nowMs = useNow();
  const { account, c } = chat;
  const read = useCallback(() => sessionResetMs(db, account), [db, account]);
  const resetMs = useRows(read) ?? 0;
  const readAll = useCallback(() => readTroubles(db, c), [db, c]);
  const readLost = useCallback(() => lostSinceMs(db, account), [db, account]);
  const lostMs = useRows(chat.kind === "dm" ? readLost : null) ?? 0;
  const readDeclined = useCallback(() => hasDeclinedGroups(db, account), [db, account]);
  const hasDeclined = useRows(chat.kind === "dm" ? readDeclined : null) ?? false;
  const troubles = useRows(readAll) ?? NO_TROUBLES;
  const words = texts().conversation;
  return (
    <div className="chat-notes" role="status">
      <MissingNote c={c} count={missingMessages(receipts.logs, troubles)} />
      <LateNote chat={chat} onGo={onGo} />
      <HealedNote troubles={troubles} people={people} nowMs={nowMs} />
      <ForkNotes troubles={troubles} receipts={receipts} people={people} nowMs={nowMs} />
      {lostMs > 0 && lostMs < nowMs - DAY_MS ? (
        <p>{texts().healing.unreachable(chat.name)}</p>
      ) : null}
      {hasDeclined ? <p>{texts().healing.declined(chat.name, UNANSWERED_GROUPS_MAX)}</p> : null}
      <DeviceNote chat={chat} nowMs={nowMs} />
      {resetMs > nowMs - DAY_MS ? <p>{words.sessionReset(chat.name, fullTime(resetMs))}</p> : null}
    </div>
  );
}

/** `count`: of what must exist. What is only claimed to exist is known to the device alone. */
function MissingNote({
  c,
  count,
}: {
  readonly c: number;
  readonly count: number;
}): ReactElement | null {
  const asked = useStatus((status) => status.missing[c] ?? 0, 0);
  const isMissing = useLate(count > 0, MISSING_SHOWN_AFTER_MS);
  if (asked > 0) return <p>{texts().healing.missing(asked)}</p>;
  return isMissing && count > 0 ? <p>{texts().conversation.missing(count)}</p> : null;
}

function LateNote({ chat, onGo }: Pick<Props, "chat" | "onGo">): ReactElement | null {
  const { count, first, clear } = useLateArrivals(chat);
  const words = texts().healing;
  if (first === null) return null;
  return (
    <p>
      {words.late(count)}{" "}
      <button
        type="button"
        className="link-button"
        onClick={() => {
          clear();
          onGo(first);
        }}
      >
        {words.show}
      </button>{" "}
      <button
        type="button"
        className="link-button"
        onClick={() => {
          clear();
          // The button is gone then; the focus stays in the chat.
          document.querySelector<HTMLElement>(".message[tabindex='0']")?.focus();
        }}
      >
        {words.gotIt}
      </button>
    </p>
  );
}

type HealedProps = Pick<Props, "people"> & { readonly troubles: Troubles; readonly nowMs: number };

function HealedNote({ troubles: { healed }, people, nowMs }: HealedProps): ReactElement | null {
  const { me } = useSession();
  const recent = healed.filter((it) => it.lastAtMs > nowMs - DAY_MS);
  const [first] = recent;
  if (first === undefined) return null;
  const count = recent.reduce((sum, it) => sum + it.lately, 0);
  const by = recent.map((it) => ({
    name: it.account === me.account ? null : nameIn(people, it.account),
    count: it.lately,
  }));
  return <p>{texts().healing.healed(new URL(first.url).host, count, by)}</p>;
}

function ForkNotes({
  troubles: { forks },
  receipts,
  people,
  nowMs,
}: HealedProps & Pick<Props, "receipts">): ReactElement {
  const { me } = useSession();
  const words = texts().healing;
  const recent = forks.filter((it) => it.foundAtMs > nowMs - FORK_SHOWN_MS);
  return (
    <>
      {recent.map(({ a, says: [first, second] }) => {
        const account = receipts.logByNumber.get(a)?.account ?? "";
        const name = account === me.account ? me.name : nameIn(people, account);
        const isSaid = first !== "" && second !== "";
        return (
          <p key={a}>{isSaid ? words.forkLines(name, first, second) : words.forkHidden(name)}</p>
        );
      })}
    </>
  );
}
