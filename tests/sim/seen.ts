/** What the witness knows of one device: everything that it has committed. */
import type { Hex } from "../../crypto/base/hex.ts";
import type { Ends } from "../../sync/devices/closed.ts";
import type { RosterOpRow, RosterRow } from "../../sync/group/rows.ts";
import { holesOf, type Known, KNOWN_NOTHING, maxKnown, unionKnown } from "../../sync/log/known.ts";
import type { OwnChainRow } from "../../sync/store/ratchet-rows.ts";
import type { ChannelRow, ContactRow, LogRow, OutboxRow } from "../../sync/store/rows.ts";

/** An entry by its log and number. */
export const placeOf = (log: string, seq: number): string => `${log}/${seq}`;

export type Seen = {
  readonly who: string;
  device: string;
  account: string;
  incarnation: string;
  mailbox: string;
  /** Entries that it holds, by place: what they hash to. */
  readonly held: Map<string, string>;
  /** What each of them is. */
  readonly kinds: Map<string, number>;
  /** Those of them that do not count, as its roster says now. */
  readonly unheard: Set<string>;
  /** Envelopes that it has dealt with. */
  readonly envelopes: Set<string>;
  /** Its log rows, by the number that they have there. */
  readonly logs: Map<number, LogRow>;
  /** What of each log was read there before an old copy of its disk came back. */
  readonly readOnce: ReadonlyMap<string, Known>;
  /** An old copy of its disk came back, and it has not begun anew. */
  isPutBack: boolean;
  readonly shown: Map<string, string>;
  readonly outbox: Map<number, OutboxRow>;
  /** Its sender chains, by tag. */
  readonly chains: Map<string, OwnChainRow>;
  /** Tags of chains that were handed to it and that it kept. */
  readonly handed: Set<string>;
  readonly channels: Map<number, ChannelRow>;
  readonly rosters: Map<number, RosterRow>;
  /** Ops of groups, by their ids, whether they count or wait. */
  readonly ops: Map<string, RosterOpRow>;
  readonly contacts: Map<Hex, ContactRow>;
  /** Where logs of removed devices end, as it knows. */
  ends: Ends;
  /** What the newest commit did. */
  last: { readonly received: boolean; readonly sealed: boolean };
  /** Envelopes whose chain it does not know yet. */
  readonly heldBack: Set<string>;
};

export const nothingSeen = (who: string): Seen => ({
  who,
  device: "",
  account: "",
  incarnation: "",
  mailbox: "",
  held: new Map(),
  kinds: new Map(),
  unheard: new Set(),
  envelopes: new Set(),
  logs: new Map(),
  readOnce: new Map(),
  isPutBack: false,
  shown: new Map(),
  outbox: new Map(),
  chains: new Map(),
  handed: new Set(),
  channels: new Map(),
  rosters: new Map(),
  ops: new Map(),
  contacts: new Map(),
  ends: {},
  last: { received: false, sealed: false },
  heldBack: new Set(),
});

/** What has been so stays so, of a device whose rows are older ones from now on. */
export function putBackSeen(before: Seen): Seen {
  const { who, device, account, mailbox, held, kinds, envelopes, handed } = before;
  const logs = [...before.logs.values()];
  const readOnce = new Map(logs.map(({ log }) => [log, readThere(before, log)]));
  const once = { device, account, mailbox, held, kinds, envelopes, handed, readOnce };
  return { ...nothingSeen(who), ...once };
}

/** What of a log is read there, or was. */
export function readThere({ logs, readOnce }: Seen, log: string): Known {
  const now = [...logs.values()].find((it) => it.log === log)?.read ?? KNOWN_NOTHING;
  return unionKnown(now, readOnce.get(log) ?? KNOWN_NOTHING);
}

/** The mailbox that it fetches nothing from any more, for it knows that it is out; empty: none. */
export const mailboxLeft = (seen: Seen): string => (hasLeft(seen) ? seen.mailbox : "");

/** Does it know that it is out of its account? */
const hasLeft = ({ account, device, contacts }: Seen): boolean =>
  contacts.get(account)?.live.includes(device) === false;

/** Accounts of a channel, as this device has them. */
export function membersIn(seen: Seen, c: number): readonly Hex[] {
  const channel = seen.channels.get(c);
  if (channel?.kind === "dm") return [seen.account, channel.account];
  if (channel?.kind !== "group") return [seen.account];
  return (seen.rosters.get(c)?.members ?? []).map((it) => it.account);
}

/** May a device of that account read what this one writes in the channel, as far as this one knows? */
export const mayRead = (seen: Seen, c: number, account: Hex, device: Hex): boolean =>
  membersIn(seen, c).includes(account) &&
  seen.contacts.get(account)?.live.includes(device) === true;

/**
 * Does somebody miss an entry that nobody has who can be asked? In the middle of a log: its author's storage was put
 * back before it reached anybody. Of a group: those alone have it who are out. Of a log that ends with its device:
 * nobody else has what its closing names. What lies before the place where the log begins for them nobody asks for.
 */
export function isLostAmong(everybody: Iterable<Seen>): boolean {
  const known = new Map<string, Known>();
  const within = new Map<string, Known>();
  const starts = new Map<string, number>();
  const ends = new Map<string, number>();
  for (const seen of everybody) {
    if (hasLeft(seen)) continue;
    for (const [log, { seq }] of Object.entries(seen.ends)) ends.set(log, seq);
    for (const { log, c, known: here } of seen.logs.values()) {
      known.set(log, unionKnown(known.get(log) ?? KNOWN_NOTHING, here));
      if (isOut(seen, c)) continue;
      within.set(log, unionKnown(within.get(log) ?? KNOWN_NOTHING, here));
      const start = seen.rosters.get(c)?.starts[log] ?? 1;
      starts.set(log, Math.min(start, starts.get(log) ?? start));
    }
  }
  return [...starts].some(([log, start]) => {
    const all = known.get(log) ?? KNOWN_NOTHING;
    const missing = holesOf(within.get(log) ?? KNOWN_NOTHING, ends.get(log) ?? maxKnown(all));
    return missing.some(([, last]) => last >= start);
  });
}

const isOut = (seen: Seen, c: number): boolean =>
  seen.channels.get(c)?.kind === "group" && !membersIn(seen, c).includes(seen.account);
