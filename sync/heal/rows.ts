/** Rows of healing: what others say of their copies, proofs of forks, and who brought back what. */
import type { Hex } from "../../crypto/base/hex.ts";

/** A device's newest digest of a channel, until it was compared with ours. */
export type HelloRow = {
  readonly counter: number;
  readonly digest: Hex;
  readonly count: number;
  /** It wants to hear what we hold. */
  readonly asks: boolean;
};

/** The lowest fork of a log that we know of: from `s` on nothing of that log counts. */
export type ForkRow = {
  readonly a: number;
  readonly c: number;
  readonly s: number;
  /** Encoded entries, each signed by the log's device: the one that was here first, and the other. */
  readonly first: Uint8Array;
  readonly second: Uint8Array;
  /** What the two say, when they are messages and their words are here; else "". */
  readonly says: readonly [string, string];
  readonly foundAtMs: number;
};

/** What one account brought back of a channel that a relay of ours had not delivered. */
export type HealedRow = {
  readonly c: number;
  /** hex32 of who supplied it; our own when another device of ours did. */
  readonly account: Hex;
  /** Messages; what else entries say is not counted. */
  readonly count: number;
  /** Those since nothing had been brought back for a day. */
  readonly lately: number;
  /** Of the mailbox where they should have been. */
  readonly url: string;
  readonly lastAtMs: number;
};
