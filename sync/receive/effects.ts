/** What a committed job leaves to be done by the parts of the device that are not in the database. */
import type { Hex } from "../store/rows.ts";

export type Effects = {
  /** The outbox has something to send. */
  readonly wake: () => void;
  /** Our cursor of the channel is out of date. */
  readonly receipt: (c: number) => void;
  /** Tokens, invites or prekeys are to be told to our relays. */
  readonly upkeep: () => void;
  /** Contacts changed: whose presence can be followed, and who may follow ours. */
  readonly contacts: () => void;
  readonly typing: (c: number, account: Hex, atMs: number) => void;
  /** A message of theirs came: they are not typing it any more. */
  readonly wrote: (c: number, account: Hex) => void;
  /** A session had to be given up; the device is to hear from us on a new one. */
  readonly sessionReset: (device: Hex) => void;
  /** History of a channel came; so many entries of it are left with who supplied it. */
  readonly backfilled: (c: number, left: number) => void;
  /** Another device of ours edited a document that we share. */
  readonly edited: () => void;
  /** Something shows that there is more than what came: it may have to be asked for. */
  readonly missing: () => void;
  /** An entry came that we signed and do not have: our storage was rolled back. */
  readonly rolledBack: () => void;
  /** Something was dropped; counted by reason, never with content. */
  readonly dropped: (reason: string) => void;
};

/** Effects of a transaction that may still be rolled back: kept, and let go when it is committed. */
export function heldBack(effects: Effects): {
  readonly effects: Effects;
  readonly release: () => void;
} {
  const calls: (() => void)[] = [];
  return {
    effects: {
      wake: () => calls.push(effects.wake),
      receipt: (c) => calls.push(() => effects.receipt(c)),
      upkeep: () => calls.push(effects.upkeep),
      contacts: () => calls.push(effects.contacts),
      typing: (c, account, atMs) => calls.push(() => effects.typing(c, account, atMs)),
      wrote: (c, account) => calls.push(() => effects.wrote(c, account)),
      sessionReset: (device) => calls.push(() => effects.sessionReset(device)),
      backfilled: (c, left) => calls.push(() => effects.backfilled(c, left)),
      edited: () => calls.push(effects.edited),
      missing: () => calls.push(effects.missing),
      rolledBack: () => calls.push(effects.rolledBack),
      dropped: (reason) => calls.push(() => effects.dropped(reason)),
    },
    release: () => {
      for (const call of calls) call();
    },
  };
}
