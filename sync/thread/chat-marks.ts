/**
 * What a person settled about a chat for all their devices: muted, pinned to the top, archived. The
 * last word holds. docs/protocol/messages.md, [MO19].
 *
 * Marks on messages (star, hide) are ops (said.ts). A read vector is added to what the logs have as
 * read by `unionKnown`: no order of arrival matters there either.
 */
import type { MarkBody } from "../entry/mark-body.ts";
import type { Act } from "./said.ts";
import { type Kept, laterOf, stampOf } from "./stamp.ts";

export type ChatMarks = {
  /** Milliseconds since 1970. */
  readonly mutedUntilMs: Kept<number> | null;
  readonly pinned: Kept<boolean> | null;
  readonly archived: Kept<boolean> | null;
};

export const NO_MARKS: ChatMarks = { mutedUntilMs: null, pinned: null, archived: null };

/** Commutative, associative, idempotent. */
export const mergedMarks = (a: ChatMarks, b: ChatMarks): ChatMarks => ({
  mutedUntilMs: laterOf(a.mutedUntilMs, b.mutedUntilMs),
  pinned: laterOf(a.pinned, b.pinned),
  archived: laterOf(a.archived, b.archived),
});

/** `act`: the entry of the account channel that brought the mark. */
export function withMark(before: ChatMarks, act: Act, mark: MarkBody): ChatMarks {
  const stamp = stampOf(act.place, act.ref);
  const kept = <Value>(value: Value): Kept<Value> => ({ stamp, value });
  return mergedMarks(before, {
    mutedUntilMs: mark.what === "mute" ? kept(mark.untilMs) : null,
    pinned: mark.what === "pinChat" ? kept(mark.on) : null,
    archived: mark.what === "archive" ? kept(mark.on) : null,
  });
}
