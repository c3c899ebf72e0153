/** What a committed job leaves to be done by the parts of the device that are not in the database. */
import type { Hex } from "../../crypto/base/hex.ts";
import type { Self } from "../account/self.ts";
import type { Doubt, Named } from "../heal/claims.ts";

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
  /**
   * History of a channel came; so many entries of it are left with the device that supplied it. Null: it may
   * have been supplied by itself, and says nothing of what is left.
   */
  readonly backfilled: (c: number, left: number | null, device: Hex) => void;
  /** Another device of ours edited a document that we share. */
  readonly edited: () => void;
  /** Something shows that there is more than what came: it may have to be asked for. */
  readonly missing: () => void;
  /** An entry names one of another log, which may not be here. */
  readonly named: (named: Named) => void;
  /** A device says that a log goes so far. */
  readonly claimed: (c: number, log: Hex, upTo: number, device: Hex) => void;
  /** A log does not go on as it should: perhaps there are two entries of one number. */
  readonly doubted: (doubt: Doubt) => void;
  /** Two entries of one number: whoever may read them is to hear of it. */
  readonly forked: (a: number) => void;
  /** Our devices, or what they have to tell others, are not what they were. */
  readonly devices: () => void;
  /** Who we are was written anew. */
  readonly selfChanged: (self: Self) => void;
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
      backfilled: (c, left, device) => calls.push(() => effects.backfilled(c, left, device)),
      edited: () => calls.push(effects.edited),
      missing: () => calls.push(effects.missing),
      named: (named) => calls.push(() => effects.named(named)),
      claimed: (c, log, upTo, device) => calls.push(() => effects.claimed(c, log, upTo, device)),
      doubted: (doubt) => calls.push(() => effects.doubted(doubt)),
      forked: (a) => calls.push(() => effects.forked(a)),
      devices: () => calls.push(effects.devices),
      selfChanged: (self) => calls.push(() => effects.selfChanged(self)),
      rolledBack: () => calls.push(effects.rolledBack),
      dropped: (reason) => calls.push(() => effects.dropped(reason)),
    },
    release: () => {
      for (const call of calls) call();
    },
  };
}
