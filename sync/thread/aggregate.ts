/**
 * What became of a message: its versions, reactions, pin and deletion, as one small value that is
 * worked out from the ops on it. docs/protocol/messages.md, [MO1] to [MO12].
 *
 * `merged` is commutative, associative and idempotent, so ops may come in any order and any number of
 * times, before the message or after it, and every device shows the same. The bounds keep what is
 * latest, which no order of arrival changes either.
 */
import { unreachable } from "../../crypto/base/assert.ts";
import type { Hex } from "../../crypto/base/hex.ts";
import { isSameRef } from "../entry/entry-ref.ts";
import { KINDS } from "../entry/kinds.ts";
import type { Content } from "../entry/message-body.ts";
import type { Judge } from "./judge.ts";
import type { Op, Said } from "./said.ts";
import { compareStamps, earlierOf, type Kept, laterOf, type Stamp, stampOf } from "./stamp.ts";
import { UNTOUCHED } from "./untouched.ts";

/** Edits that are kept in sight, the latest. */
export const VERSIONS_MAX = 100;
/** Emoji that one account can have on one message, taken back ones counted; the latest. */
export const REACTIONS_PER_ACCOUNT_MAX = 12;
export const REACTIONS_MAX = 4_096;

/** An edit; what it says stands in its entry. */
export type Version = { readonly stamp: Stamp; readonly log: Uint8Array };

/** The last word of an account about one emoji. */
export type Reaction = {
  readonly account: Hex;
  readonly emoji: string;
  readonly on: boolean;
  readonly stamp: Stamp;
};

export type Aggregate = {
  /** The latest first. */
  readonly versions: readonly Version[];
  /** What the latest version says; null: never edited. */
  readonly content: Content | null;
  /** The latest first, those taken back among them. */
  readonly reactions: readonly Reaction[];
  readonly pin: Kept<boolean> | null;
  /** By whom, and when first: for everyone. Nothing but this and `hidden` is kept beside it. */
  readonly deleted: Kept<Hex> | null;
  readonly star: Kept<boolean> | null;
  /** Deleted for this account alone. */
  readonly hidden: boolean;
};

/** Its words, versions and reactions are to be erased, and those that still come. */
export const isGone = ({ deleted, hidden }: Aggregate): boolean => deleted !== null || hidden;

/** Does the op count for this message? A pure function of signed entries. */
export function counts(op: Op, target: Said, judge: Judge): boolean {
  if (!isSameRef(op.target, target.ref) || op.channel !== target.channel) return false;
  if (target.kind !== KINDS.message.number) return false;
  if (op.deed.type === "star" || op.deed.type === "hide") return true;
  if (!judge.accepts(op)) return false;
  const isAuthor = op.account === target.account;
  switch (op.deed.type) {
    case "edit":
      return isAuthor;
    case "delete":
      return isAuthor || judge.deletes(op, target.account);
    case "pin":
      return judge.pins(op);
    case "reaction":
      return true;
    default:
      return unreachable(op.deed);
  }
}

/** The op by itself. Ask `counts` first. */
export function aggregateOf(op: Op): Aggregate {
  const stamp = stampOf(op.place, op.ref);
  const { deed, account } = op;
  switch (deed.type) {
    case "edit":
      return { ...UNTOUCHED, versions: [{ stamp, log: op.ref.log }], content: deed.content };
    case "reaction": {
      const { emoji, on } = deed;
      return { ...UNTOUCHED, reactions: [{ account, emoji, on, stamp }] };
    }
    case "delete":
      return { ...UNTOUCHED, deleted: { stamp, value: account } };
    case "pin":
      return { ...UNTOUCHED, pin: { stamp, value: deed.on } };
    case "star":
      return { ...UNTOUCHED, star: { stamp, value: deed.on } };
    case "hide":
      return { ...UNTOUCHED, hidden: true };
    default:
      return unreachable(deed);
  }
}

/** Both together, whichever came first. Answers `a` itself when `b` adds nothing to it. */
export function merged(a: Aggregate, b: Aggregate): Aggregate {
  const deleted = earlierOf(a.deleted, b.deleted);
  const hidden = a.hidden || b.hidden;
  if (deleted !== null || hidden) {
    const isSame = isGone(a) && deleted === a.deleted && hidden === a.hidden;
    return isSame ? a : { ...UNTOUCHED, deleted, hidden };
  }
  const versions = latest(a.versions, b.versions, ({ stamp }) => stamp.id, VERSIONS_MAX);
  const reactions = mergedReactions(a.reactions, b.reactions);
  const pin = laterOf(a.pin, b.pin);
  const star = laterOf(a.star, b.star);
  if (versions === a.versions && reactions === a.reactions && pin === a.pin && star === a.star) {
    return a;
  }
  const content = versions[0] === a.versions[0] ? a.content : b.content;
  return { versions, content, reactions, pin, deleted, star, hidden };
}

/** All that counts of `ops`, in any order, on top of `before`. */
export const withOps = (
  before: Aggregate,
  target: Said,
  ops: readonly Op[],
  judge: Judge,
): Aggregate =>
  merged(before, joined(ops.filter((op) => counts(op, target, judge)).map(aggregateOf)));

/** By halves: one after the other, each would be measured against all before it. */
function joined(parts: readonly Aggregate[]): Aggregate {
  if (parts.length <= 1) return parts[0] ?? UNTOUCHED;
  const middle = Math.floor(parts.length / 2);
  return merged(joined(parts.slice(0, middle)), joined(parts.slice(middle)));
}

function mergedReactions(a: readonly Reaction[], b: readonly Reaction[]): readonly Reaction[] {
  const all = latest(a, b, ({ account, emoji }) => `${account} ${emoji}`, Infinity);
  if (all === a) return a;
  const perAccount = new Map<Hex, number>();
  return all
    .filter(({ account }) => {
      const count = (perAccount.get(account) ?? 0) + 1;
      perAccount.set(account, count);
      return count <= REACTIONS_PER_ACCOUNT_MAX;
    })
    .slice(0, REACTIONS_MAX);
}

/**
 * Of each key the latest, the latest first, at most so many. What is left out has `max` later ones
 * before it, and always will: so leaving it out early or late comes to the same. `a` itself when
 * nothing of `b` is new.
 */
function latest<It extends { readonly stamp: Stamp }>(
  a: readonly It[],
  b: readonly It[],
  keyOf: (it: It) => string,
  max: number,
): readonly It[] {
  const byKey = new Map(a.map((it) => [keyOf(it), it]));
  let isNew = false;
  for (const it of b) {
    const held = byKey.get(keyOf(it));
    if (held !== undefined && compareStamps(held.stamp, it.stamp) >= 0) continue;
    byKey.set(keyOf(it), it);
    isNew = true;
  }
  if (!isNew) return a;
  return [...byKey.values()].toSorted((x, y) => compareStamps(y.stamp, x.stamp)).slice(0, max);
}
