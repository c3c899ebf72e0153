/**
 * An entry as somebody's word: who said what, where and when. What is said about another entry is an
 * op on it. docs/protocol/messages.md, [MO2] to [MO4].
 */
import { type Hex, toHex } from "../../crypto/base/hex.ts";
import type { Body } from "../entry/bodies.ts";
import type { EntryRef } from "../entry/entry-ref.ts";
import type { MarkBody } from "../entry/mark-body.ts";
import type { Content } from "../entry/message-body.ts";
import { type Place, tieOf } from "../log/order.ts";

/** Who said it, under which right, and when. */
export type Act = {
  readonly ref: EntryRef;
  /** The author's, hex32: authorship compares accounts, whatever the device. */
  readonly account: Hex;
  /** Roster heads that the author acted under, as its Core names them. */
  readonly auth: readonly Uint8Array[];
  readonly place: Place;
};

/** A verified entry. `body`: decoded; null when it was erased or cannot be read. */
export type Said = Act & {
  readonly channel: Hex;
  readonly kind: number;
  readonly body: Body | null;
};

export type Deed =
  | { readonly type: "edit"; readonly content: Content }
  | { readonly type: "reaction"; readonly emoji: string; readonly on: boolean }
  | { readonly type: "delete" }
  | { readonly type: "pin"; readonly on: boolean }
  /** From the account channel: a note for one's own devices. */
  | { readonly type: "star"; readonly on: boolean }
  | { readonly type: "hide" };

/** `channel`: the target's. */
export type Op = Act & {
  readonly channel: Hex;
  readonly target: EntryRef;
  readonly deed: Deed;
};

/**
 * By this an op is found when its target is here, and until then: `tb` and `ts` are tie and seq of
 * the target (a hint: the op names it in full), `rank` puts first what may not be left out.
 */
export type TargetKey = { readonly tb: number; readonly ts: number; readonly rank: 0 | 1 | 2 };

/** In place of `ts`: what an earlier version wrote there for each closing of the log that `tb` is of. */
export const CLOSING_TARGET = 0;

/** In place of `tb` and `ts`: closings are found by the log that they stand in, where nobody but its author writes. */
export const closingKeyOf = (author: Uint8Array): Pick<TargetKey, "tb" | "ts"> => ({
  tb: tieOf(author),
  // No entry has a number below 0.
  ts: -1 - Number.parseInt(toHex(author.subarray(4, 10)), 16),
});

const RANKS: { readonly [T in Deed["type"]]: TargetKey["rank"] } = {
  delete: 2,
  hide: 2,
  edit: 1,
  reaction: 0,
  pin: 0,
  star: 0,
};

/**
 * Undefined: it speaks of no other entry, or where it says so it means nothing. `accountChannel`:
 * notes to one's own devices count there alone, and nothing else does there.
 */
export function opOf(said: Said, accountChannel: Hex): Op | undefined {
  const { body, ref, account, auth, place, channel } = said;
  if (body === null) return undefined;
  const act = { ref, account, auth, place };
  if (channel === accountChannel) {
    const noted = body.type === "mark" ? notedBy(body) : undefined;
    return noted && { ...act, ...noted };
  }
  const done = doneBy(body);
  return done && { ...act, channel, ...done };
}

function notedBy(mark: MarkBody): Pick<Op, "channel" | "target" | "deed"> | undefined {
  if (mark.what !== "star" && mark.what !== "hide") return undefined;
  const { target } = mark;
  const deed: Deed = mark.what === "star" ? { type: "star", on: mark.on } : { type: "hide" };
  return { channel: toHex(mark.channel), target, deed };
}

function doneBy(body: Body): Pick<Op, "target" | "deed"> | undefined {
  if (body.type === "edit") {
    const { target, text, mentions, whole } = body;
    return { target, deed: { type: "edit", content: { text, mentions, whole } } };
  }
  if (body.type === "reaction") {
    const { target, emoji, on } = body;
    return { target, deed: { type: "reaction", emoji, on } };
  }
  if (body.type === "delete") return { target: body.target, deed: { type: "delete" } };
  if (body.type === "pin") return { target: body.target, deed: { type: "pin", on: body.on } };
  return undefined;
}

export const targetKeyOf = ({ target, deed }: Op): TargetKey => ({
  tb: tieOf(target.log),
  ts: target.seq,
  rank: RANKS[deed.type],
});
