/** Receipts as others show them: they claim what their device holds and its person has read, and nothing more. */
import type { Hex } from "../../crypto/base/hex.ts";
import { coversKnown, type Known } from "../../sync/log/known.ts";
import type { CursorRow } from "../../sync/store/rows.ts";
import { placeOf, readThere, type Seen } from "./seen.ts";

/** Null, or what is shown of somebody that is not so. */
export function untrueIn(
  seen: Seen,
  { device, delivered, read }: CursorRow,
  ofDevice: (device: Hex) => Seen | undefined,
): string | null {
  const theirs = ofDevice(device);
  if (theirs === undefined) return `[INV6] ${seen.who} has a receipt of nobody`;
  for (const { log, known } of delivered) {
    for (const seq of seqsOf(known)) {
      if (theirs.held.has(placeOf(log, seq))) continue;
      return `[INV6] ${seen.who} shows ${placeOf(log, seq)} as delivered to ${theirs.who}, who lacks it`;
    }
  }
  for (const { log, known } of read) {
    if (coversKnown(readThere(theirs, log), known)) continue;
    return `[INV6] ${seen.who} shows entries of ${log.slice(0, 8)} as read that ${theirs.who} has not read`;
  }
  return null;
}

export function* seqsOf({ floor, ranges }: Known): Generator<number> {
  for (let seq = 1; seq <= floor; seq += 1) yield seq;
  for (const [from, to] of ranges) for (let seq = from; seq <= to; seq += 1) yield seq;
}
