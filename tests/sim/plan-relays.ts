/** Worlds of two relays: people's mailboxes are at the one and at the other, in turn. */
import type { Chance } from "./chance.ts";
import type { Profile, Step } from "./plan.ts";

/** So many of the worlds in which that may be: not where one relay's layer is looked at alone. */
const OF_TWO = 0.4;
const PROFILES_OF_TWO = "CDEG";
/** Of the other relay where one lies: it keeps to its promises as often as not. */
const WICKEDNESS = [0, 0, 0, 0.05, 0.1, 0.3] as const;

export const hasTwoRelays = (chance: Chance, profile: Profile): boolean =>
  PROFILES_OF_TWO.includes(profile) && chance.happens(OF_TWO);

/** What befalls the relay befalls the one or the other. */
export const spread = (chance: Chance, steps: readonly Step[]): readonly Step[] =>
  steps.map((step) => ("at" in step ? { ...step, at: chance.below(2) } : step));

/** Either may be the one that lies. */
export function wickednessOfTwo(chance: Chance, ofOne: number): readonly number[] {
  const both = [ofOne, ofOne === 0 ? 0 : chance.pick([...WICKEDNESS])];
  return chance.happens(0.5) ? both : both.toReversed();
}
