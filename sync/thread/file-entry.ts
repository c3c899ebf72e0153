/**
 * One call for each entry that was committed, ours or theirs: what it means for the message that it
 * speaks of or, when it is a message, what was already said about it. Runs inside the transaction
 * that stores the entry. docs/protocol/messages.md, [MO13] to [MO17].
 */
import type { Hex } from "../../crypto/base/hex.ts";
import type { EntryRef } from "../entry/entry-ref.ts";
import { KINDS } from "../entry/kinds.ts";
import { type Aggregate, counts, isGone, withOps } from "./aggregate.ts";
import type { Judge } from "./judge.ts";
import { type Op, opOf, type Said } from "./said.ts";
import { UNTOUCHED } from "./untouched.ts";

/** Ops on one message that are read at once: deletions first, then edits, then the latest. */
export const OPS_READ_MAX = 8_192;

/** What of the tables is needed here, in one transaction. How rows do it: docs/protocol/messages.md. */
export interface ThreadStore {
  /** The entry under this log and number, whatever its id. */
  readonly said: (at: EntryRef) => Promise<Said | undefined>;
  /**
   * Ops that name this log and number (`TargetKey`), highest rank first, then latest first. Those
   * whose body was erased are none any more.
   */
  readonly opsOn: (at: EntryRef, limit: number) => Promise<readonly Op[]>;
  readonly aggregate: (target: Said) => Promise<Aggregate | undefined>;
  readonly putAggregate: (target: Said, aggregate: Aggregate) => Promise<void>;
  /**
   * Body and salt become null; Core, signature and the place in the log stay. `isForAll`: a deletion for
   * everyone is why, so others may be told of it; else it goes here alone.
   */
  readonly erase: (entry: EntryRef, isForAll: boolean) => Promise<void>;
}

export type Reader = {
  readonly judge: Judge;
  /** Where one's own devices keep what they share. */
  readonly accountChannel: Hex;
};

/** `target`: the message that looks different now. For unread counts and previews. */
export type Change = {
  readonly target: Said;
  readonly before: Aggregate;
  readonly after: Aggregate;
};

/**
 * The entry's row and, for an op, its `targetKeyOf` are stored already. Undefined: nothing looks
 * different, be it that the message is not here yet.
 */
export async function fileEntry(
  store: ThreadStore,
  reader: Reader,
  said: Said,
): Promise<Change | undefined> {
  if (said.kind === KINDS.message.number) return await refile(store, reader, said);
  const op = opOf(said, reader.accountChannel);
  if (op === undefined) return undefined;
  const target = await store.said(op.target);
  if (target === undefined) return undefined;
  const before = (await store.aggregate(target)) ?? UNTOUCHED;
  const after = withOps(before, target, [op], reader.judge);
  // Too late: what it says goes the way of what it speaks of.
  if (isGone(before) && hasWords(op) && counts(op, target, reader.judge)) {
    await store.erase(op.ref, before.deleted !== null);
  }
  return await settle(store, reader, { target, before, after });
}

/**
 * Works out a message from all that is here about it: when it comes after what was said about it, and
 * when the roster changed whose words count.
 */
export async function refile(
  store: ThreadStore,
  reader: Reader,
  target: Said,
): Promise<Change | undefined> {
  const ops = await store.opsOn(target.ref, OPS_READ_MAX);
  const before = (await store.aggregate(target)) ?? UNTOUCHED;
  // What is gone here stays gone: it was hidden for good, or its time was over.
  const kept = before.hidden ? { ...UNTOUCHED, hidden: true } : UNTOUCHED;
  const after = withOps(kept, target, ops, reader.judge);
  return await settle(store, reader, { target, before, after }, ops);
}

async function settle(
  store: ThreadStore,
  { judge }: Reader,
  change: Change,
  read?: readonly Op[],
): Promise<Change | undefined> {
  const { target, before, after } = change;
  if (after === before) return undefined;
  await store.putAggregate(target, after);
  const isForAll = after.deleted !== null;
  // Once more when what was deleted for me is deleted for everyone: then nothing of it is kept for others.
  if (isGone(after) && (!isGone(before) || (isForAll && before.deleted === null))) {
    const ops = read ?? (await store.opsOn(target.ref, OPS_READ_MAX));
    await store.erase(target.ref, isForAll);
    for (const op of ops) {
      if (hasWords(op) && counts(op, target, judge)) await store.erase(op.ref, isForAll);
    }
  }
  return change;
}

/** What takes a message away stays, or nobody would know that it is to be erased. */
const hasWords = ({ deed }: Op): boolean => deed.type === "edit" || deed.type === "reaction";
