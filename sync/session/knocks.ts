/**
 * How many relays are asked that nobody but strangers named: members of our groups whom we did not choose. Whoever
 * puts us into a group brings people of their making, with cards of any public address, and must not have
 * our device knock everywhere. A relay that answers as the one that a card names may be asked on; of addresses where
 * nobody answers so, few are tried in an hour, and each more seldom. docs/protocol/sync-session.md, rule [SE30].
 */
import type { Timers } from "../clock/timers.ts";
import { isWithin } from "../clock/within.ts";

/** Addresses where nobody answered that are tried in … */
export const KNOCKS_MAX = 32;
/** … so long. */
export const KNOCKS_MS = 3_600_000;
/** One of them is tried again after two of that, doubling to a day. */
const AGAIN_MS_MAX = 86_400_000;
/** Remembered of each sort; the oldest are forgotten. */
const REMEMBERED_MAX = 4_096;

/** URLs are origins in the form of crypto/identity/relay-url.ts. */
export type Knocks = {
  /** A relay answered there as expected, or it is our own: for whomever it is asked. */
  readonly isOpen: (url: string) => boolean;
  /** May this one be asked for a stranger? To ask is to take the place. */
  readonly mayKnock: (url: string) => boolean;
  readonly answered: (url: string) => void;
  /** Our own relay was out of reach until now: that others were as well says nothing of them. */
  readonly forgive: () => void;
};

type Tried = { readonly atMs: number; readonly times: number };

export function openKnocks(homeUrl: string, timers: Pick<Timers, "now">): Knocks {
  const answered = new Set<string>();
  const triedByUrl = new Map<string, Tried>();

  const isOpen = (url: string): boolean => url === homeUrl || answered.has(url);
  const isYoung = ({ atMs }: Tried): boolean => isWithin(atMs, timers.now(), KNOCKS_MS);
  return {
    isOpen,
    mayKnock: (url) => {
      const tried = triedByUrl.get(url);
      if (isOpen(url) || (tried !== undefined && isYoung(tried))) return true;
      const times = tried?.times ?? 0;
      const pauseMs = Math.min(AGAIN_MS_MAX, KNOCKS_MS * 2 ** times);
      if (tried !== undefined && isWithin(tried.atMs, timers.now(), pauseMs)) return false;
      const young = [...triedByUrl.values()].filter(isYoung);
      if (young.length >= KNOCKS_MAX) return false;
      triedByUrl.delete(url);
      triedByUrl.set(url, { atMs: timers.now(), times: times + 1 });
      forgetOldest(triedByUrl);
      return true;
    },
    answered: (url) => {
      triedByUrl.delete(url);
      answered.add(url);
      forgetOldest(answered);
    },
    forgive: () => triedByUrl.clear(),
  };
}

function forgetOldest(remembered: Set<string> | Map<string, Tried>): void {
  const [oldest] = remembered.keys();
  if (remembered.size > REMEMBERED_MAX && oldest !== undefined) remembered.delete(oldest);
}
