/**
 * What a person settled about a chat for all their devices: muted, pinned to the top, archived. The
 * last word holds. docs/protocol/messages.md, [MO19], [CM1] and [CM2].
 *
 * Marks on messages (star, hide) are ops (said.ts). A read vector is added to what the logs have as
 * read by `unionKnown`: no order of arrival matters there either.
 */
import type { MarkBody } from "../entry/mark-body.ts";
import type { Act } from "./said.ts";
import { type Kept, laterOf, stampOf } from "./stamp.ts";

export type Mute = {
  /** Milliseconds since 1970. */
  readonly untilMs: number;
  readonly level: number;
};

export type Archive = {
  readonly on: boolean;
  /** Place of the newest message that was put away; 0 = whatever stands before the word itself. */
  readonly upToH: number;
};

export type ChatMarks = {
  readonly muted: Kept<Mute> | null;
  readonly pinned: Kept<boolean> | null;
  readonly archived: Kept<Archive> | null;
  /** The person has compared safety numbers with the other side. */
  readonly verified: Kept<boolean> | null;
};

export const NO_MARKS: ChatMarks = { muted: null, pinned: null, archived: null, verified: null };

/** What is still told of a muted chat: messages that name the person. */
export const LEVEL_MENTIONS = 1;

/** `untilMs` of who mutes for good. */
export const ALWAYS_MS = Number.MAX_SAFE_INTEGER;

/** Commutative, associative, idempotent. */
export const mergedMarks = (a: ChatMarks, b: ChatMarks): ChatMarks => ({
  muted: laterOf(a.muted, b.muted),
  pinned: laterOf(a.pinned, b.pinned),
  archived: laterOf(a.archived, b.archived),
  verified: laterOf(a.verified, b.verified),
});

/** Does it speak of the chat itself? */
export const isChatMark = ({ what }: MarkBody): boolean =>
  what === "mute" || what === "pinChat" || what === "archive" || what === "verified";

/** `act`: the entry of the account channel that brought the mark. */
export function withMark(before: ChatMarks, act: Act, mark: MarkBody): ChatMarks {
  const stamp = stampOf(act.place, act.ref);
  const kept = <Value>(value: Value): Kept<Value> => ({ stamp, value });
  return mergedMarks(before, {
    muted: mark.what === "mute" ? kept({ untilMs: mark.untilMs, level: mark.level }) : null,
    pinned: mark.what === "pinChat" ? kept(mark.on) : null,
    archived: mark.what === "archive" ? kept({ on: mark.on, upToH: mark.upToH }) : null,
    verified: mark.what === "verified" ? kept(mark.on) : null,
  });
}

/** What a chat may tell its person now: everything, messages that name them, nothing. */
export type Told = "all" | "mentions" | "nothing";

/** Rule [CM1]. */
export function toldOf({ muted }: ChatMarks, nowMs: number): Told {
  if (muted === null || muted.value.untilMs <= nowMs) return "all";
  return muted.value.level === LEVEL_MENTIONS ? "mentions" : "nothing";
}

export const isPinnedChat = ({ pinned }: ChatMarks): boolean => pinned?.value ?? false;

/** Rule [CM2]. `lastH`: place of the newest message that is here. */
export function isPutAway(marks: ChatMarks, lastH: number, nowMs: number): boolean {
  const { archived } = marks;
  if (archived === null || !archived.value.on) return false;
  const { upToH } = archived.value;
  const isNews = lastH > (upToH === 0 ? archived.stamp.hEff : upToH);
  return !isNews || toldOf(marks, nowMs) !== "all";
}
