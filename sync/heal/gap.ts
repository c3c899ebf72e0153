/** What is missing of one log, as healing looks at it. docs/protocol/sync.md, [HE4] and [HE12] to [HE14]. */
import type { Hex } from "../../crypto/base/hex.ts";
import type { Channel } from "../channel/channels.ts";
import type { SeqRange } from "../log/known.ts";

/** One log of which something is missing. */
export type Gap = {
  readonly channel: Channel;
  readonly log: Hex;
  /** Undefined: of a log that is not here. */
  readonly account: Hex | undefined;
  readonly ranges: readonly SeqRange[];
  /** Number of its last entry that is here: what lies before that must exist. */
  readonly top: number;
  /** Entries of it that are here. */
  readonly held: number;
  /** Devices that should have it, and such as said that they lack it. */
  readonly holders: ReadonlySet<Hex>;
  readonly lackers: ReadonlySet<Hex>;
};

/** Named by where it begins: while a hole gets smaller, the next part is asked for without delay. */
export const nameOf = ({ log, ranges }: Gap): string => `${log} ${ranges[0]?.[0] ?? 0}`;

/**
 * On whose account questions for it go: they choose what is missing. In a group each author is a peer of their own,
 * whoever answers for them; of a log that is not here who told of it first, of those who are remembered.
 */
export function peerOf({ channel, account, holders }: Gap): string {
  const teller = [...holders].at(-1) ?? "";
  return channel.kind === "group" ? `${channel.id} ${account ?? teller}` : channel.account;
}

/** Something behind it is here. */
export const isProven = ({ ranges: [first], top }: Gap): boolean => (first?.[1] ?? Infinity) < top;
