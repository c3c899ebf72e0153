/** What goes wrong with the storage of devices, and how they end. */
import type { Chance } from "./chance.ts";
import { BUSY_MS, type Profile, RETURNS, type Step } from "./plan.ts";

/** An old copy comes back in so many of the worlds in which that may be; else … */
const PUT_BACK = 0.15;
/** … in so many storage is evicted. */
const EVICTED: Partial<Readonly<Record<Profile, number>>> = { C: 0.2, G: 0.1 };
/** Time for what comes back to be found out while much goes on. */
const LAST_MS = BUSY_MS * 0.75;

/** What one notes for oneself comes back by a file alone: so much before it is written. */
const NOTED_MS = 1_000;
/** No other message has this number. */
const NOTE = 900_000;

export function losses(chance: Chance, devices: number, profile: Profile): readonly Step[] {
  if (!"CH".includes(profile) || !chance.happens(PUT_BACK)) return [];
  const atMs = chance.below(LAST_MS / 2);
  const laterMs = chance.between(2_000, LAST_MS - atMs);
  const who = chance.below(devices);
  return [{ do: "putBack", who, laterMs, downMs: chance.between(50, 2_000), atMs }];
}

/** Not where the relay is wiped: with the capsule goes whom the person knows (simulator.md, Limits). */
export function evictions(
  chance: Chance,
  devices: number,
  profile: Profile,
  others: readonly Step[],
): readonly Step[] {
  if (!chance.happens(EVICTED[profile] ?? 0)) return [];
  if (others.some((it) => it.do === "putBack" || it.do === "relayWiped")) return [];
  const atMs = chance.below(LAST_MS / 2);
  const [who, by] = [chance.below(devices), chance.pick(RETURNS)];
  const laterMs = chance.between(2_000, LAST_MS - atMs);
  const evict: Step = { do: "evict", who, by, laterMs, downMs: chance.between(50, 2_000), atMs };
  const note: Step = { do: "write", who, to: who, n: NOTE, atMs: Math.max(0, atMs - NOTED_MS) };
  return by === "backup" ? [note, evict] : [evict];
}

/** A device of an account of two ends in so many of the worlds in which that may be. */
const ENDS = 0.25;
const PROFILES_OF_ENDS = "CG";

/**
 * `seconds`: whose second devices come behind all first ones. Not where storage is lost too: what an old copy of a
 * disk has forgotten of that, and who comes back by what they have left, are another matter.
 */
export function ends(
  chance: Chance,
  { people, seconds }: { readonly people: number; readonly seconds: readonly number[] },
  profile: Profile,
  others: readonly Step[],
): readonly Step[] {
  const [first] = seconds;
  if (!PROFILES_OF_ENDS.includes(profile) || first === undefined || !chance.happens(ENDS))
    return [];
  if (others.some((it) => it.do === "putBack" || it.do === "evict")) return [];
  const pair = [first, people] as const;
  const [who, whom] = chance.happens(0.5) ? pair : pair.toReversed();
  if (who === undefined || whom === undefined) return [];
  const atMs = chance.between(2_000, LAST_MS);
  return [chance.happens(0.7) ? { do: "revoke", who, whom, atMs } : { do: "signOut", who, atMs }];
}
