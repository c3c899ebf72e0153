/** What goes wrong with the storage of devices. */
import type { Chance } from "./chance.ts";
import { BUSY_MS, type Profile, type Step } from "./plan.ts";

/** An old copy comes back in so many of the worlds in which that may be. */
const PUT_BACK = 0.15;
/** Time for what comes back to be found out while much goes on. */
const LAST_MS = BUSY_MS * 0.75;

export function losses(chance: Chance, devices: number, profile: Profile): readonly Step[] {
  if (!"CH".includes(profile) || !chance.happens(PUT_BACK)) return [];
  const atMs = chance.below(LAST_MS / 2);
  const laterMs = chance.between(2_000, LAST_MS - atMs);
  const who = chance.below(devices);
  return [{ do: "putBack", who, laterMs, downMs: chance.between(50, 2_000), atMs }];
}
