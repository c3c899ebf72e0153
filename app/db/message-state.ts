/**
 * How far an own message got. Derived from what the device knows of its log and from the newest
 * receipts of the other side's devices; kept nowhere.
 *
 * [AMS1] Not at every relay yet: waiting. [AMS2] Stored durably for everybody: sent. [AMS3] On any
 * device of theirs: delivered. [AMS4] Read on any device of theirs: read. [AMS5] A later state wins
 * whatever the earlier ones say: a receipt proves what the relay's word would have told. [AMS6] In
 * "Note to self" with no other device of ours, the message is saved, and that is all there is.
 * [AMS7] In a chat, receipts of our own devices say nothing.
 */
import { hasKnown } from "../../sync/log/known.ts";
import type { CursorRow, LogRow } from "../../sync/store/rows.ts";

export type MessageState = "waiting" | "sent" | "delivered" | "read" | "saved";

/** `log`: the own log that holds the message. `cursors`: all of the channel. */
export function messageStateOf(
  s: number,
  log: LogRow,
  cursors: readonly CursorRow[],
  kind: "self" | "dm",
): MessageState {
  const theirs = cursors.filter(({ account }) => account !== log.account);
  const ours = cursors.filter(({ account }) => account === log.account);
  if (kind === "self")
    return ours.some((it) => covers(it.delivered, log, s)) ? "delivered" : "saved";
  if (theirs.some((it) => covers(it.read, log, s))) return "read";
  if (theirs.some((it) => covers(it.delivered, log, s))) return "delivered";
  return hasKnown(log.sent, s) ? "sent" : "waiting";
}

const covers = (receipts: CursorRow["delivered"], { log }: LogRow, s: number): boolean =>
  receipts.some((it) => it.log === log && hasKnown(it.known, s));
