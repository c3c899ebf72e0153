/**
 * How far an own message got. Derived from what the device knows of its log and from the newest
 * receipts of the other side's devices; kept nowhere.
 *
 * [AMS1] Not at every relay yet: waiting. [AMS2] Stored durably for everybody: sent. [AMS3] On any
 * device of theirs: delivered. [AMS4] Read on any device of theirs: read. [AMS5] A later state wins
 * whatever the earlier ones say: a receipt proves what the relay's word would have told. [AMS6] In
 * "Note to self" with no other device of ours, the message is saved, and that is all there is; so it is in a
 * group of nobody else. [AMS7] In a chat, receipts of our own devices say nothing. [AMS8] In a group it is
 * delivered, or read, when that is so with everybody who may read it. [AMS9] What a group did not accept is
 * that, whoever holds it. [AMS10] A message that was changed waits while the change does, however far its
 * earlier words got. [AMS11] What another device of ours wrote was sent when it is here: a relay brought it, and
 * this device does not send it.
 */
import { toHex } from "../../crypto/base/hex.ts";
import type { MemberRow } from "../../sync/group/rows.ts";
import { hasKnown } from "../../sync/log/known.ts";
import type { CursorRow, EntryRow, LogRow } from "../../sync/store/rows.ts";
import type { MessageView } from "../../sync/thread/view.ts";
import type { Receipts } from "./receipts.ts";

export type MessageState = "waiting" | "sent" | "delivered" | "read" | "saved" | "notAccepted";

/** How far it got with one account; null: nothing was told. */
export type Reached = "delivered" | "read" | null;

/**
 * In larger groups nobody is told what arrived: `RECEIPTS_TO_AUTHORS_MAX` of sync/group/rosters.ts, which
 * would bring all of the cryptography with it.
 */
export const RECEIPTS_MEMBERS_MAX = 128;

type Row = Pick<EntryRow, "a" | "s" | "h" | "counts">;

type Kind = "self" | "dm" | "group";

/** Null: its log is not here. `entry`: an own one. */
export function messageStateOf(
  entry: Row,
  view: Pick<MessageView, "versions"> | undefined,
  receipts: Receipts,
  kind: Kind,
): MessageState | null {
  const state = wordsStateOf(entry, receipts, kind);
  const isUnderWay = state === "sent" || state === "delivered" || state === "read";
  const waits = isUnderWay && kind !== "self" && isEditWaiting(view, receipts);
  return waits ? "waiting" : state;
}

/** Of this device alone: what came from another one had been sent. */
function isEditWaiting(
  view: Pick<MessageView, "versions"> | undefined,
  { logs, cursors }: Receipts,
): boolean {
  const latest = view?.versions[0];
  if (latest === undefined) return false;
  const id = toHex(latest.log);
  const log = logs.find((it) => it.own && it.log === id);
  if (log === undefined) return false;
  const { seq } = latest.stamp;
  const theirs = cursors.filter(({ account }) => account !== log.account);
  return !hasKnown(log.sent, seq) && reachedAny(seq, log, theirs) === null;
}

/** Of the message as it was first written. */
function wordsStateOf(entry: Row, receipts: Receipts, kind: Kind): MessageState | null {
  const log = receipts.logByNumber.get(entry.a);
  if (log === undefined) return null;
  if (entry.counts === "no") return "notAccepted";
  const { cursors, members } = receipts;
  const theirs = cursors.filter(({ account }) => account !== log.account);
  const { s } = entry;
  if (kind === "self") {
    const ours = cursors.filter(({ account }) => account === log.account);
    return reachedAny(s, log, ours) === null ? "saved" : "delivered";
  }
  if (kind === "dm") return reachedAny(s, log, theirs) ?? stateAtRelays(s, log);
  const readers = readersOf(entry, log.account, members);
  if (readers.length === 0) return "saved";
  return reachedAll(s, log, theirs, readers) ?? stateAtRelays(s, log);
}

/** Members of a group who may read it, but its author. */
export const readersOf = (
  { h }: Pick<EntryRow, "h">,
  author: string,
  members: readonly MemberRow[],
): readonly MemberRow[] => members.filter(({ account, floor }) => account !== author && floor <= h);

/** How far it got with `account`. */
export const reachedOf = (
  { s }: Pick<EntryRow, "s">,
  log: LogRow,
  cursors: readonly CursorRow[],
  account: string,
): Reached =>
  reachedAny(
    s,
    log,
    cursors.filter((it) => it.account === account),
  );

/** Of a log of this device the relays' word counts. */
const stateAtRelays = (s: number, { own, sent }: LogRow): MessageState =>
  !own || hasKnown(sent, s) ? "sent" : "waiting";

function reachedAny(s: number, log: LogRow, cursors: readonly CursorRow[]): Reached {
  if (cursors.some((it) => covers(it.read, log, s))) return "read";
  return cursors.some((it) => covers(it.delivered, log, s)) ? "delivered" : null;
}

function reachedAll(
  s: number,
  log: LogRow,
  cursors: readonly CursorRow[],
  readers: readonly MemberRow[],
): Reached {
  let least: Reached = "read";
  for (const { account } of readers) {
    const reached = reachedOf({ s }, log, cursors, account);
    if (reached === null) return null;
    if (reached === "delivered") least = "delivered";
  }
  return least;
}

const covers = (receipts: CursorRow["delivered"], { log }: LogRow, s: number): boolean =>
  receipts.some((it) => it.log === log && hasKnown(it.known, s));
