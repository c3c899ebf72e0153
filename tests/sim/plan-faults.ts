/** What goes wrong, by profile. */
import type { Chance } from "./chance.ts";
import { MOMENTS } from "./person.ts";
import { pairOf } from "./plan-talk.ts";
import { type Action, BUSY_MS, type Clock, LIES, type Profile, type Step } from "./plan.ts";

const DAY_MS = 86_400_000;
const YEAR_1970_MS = 60_000;
const YEAR_2038_MS = 2_147_483_648_000;

/** Where there is another relay, that is given its part afterwards. */
const FIRST = 0;

type Fault = (chance: Chance, devices: number) => Action;

const downMs = (chance: Chance): number =>
  chance.happens(0.3) ? chance.between(5_000, 20_000) : chance.between(50, 3_000);

const die: Fault = (chance, devices) => ({
  do: "die",
  who: chance.below(devices),
  moment: chance.pick([...MOMENTS, "now"]),
  after: chance.between(1, 6),
  downMs: downMs(chance),
});
const lie: Fault = (chance, devices) => {
  const [who, to] = pairOf(chance, devices);
  return { do: "lie", who, to, lie: chance.pick(["mine", "yours"]) };
};

const FAULTS: readonly (readonly [weight: number, profiles: string, Fault])[] = [
  [6, "ABCDEFGH", die],
  [
    1,
    "ABCDEFGH",
    (chance, devices) => ({ do: "close", who: chance.below(devices), downMs: downMs(chance) }),
  ],
  [
    1,
    "ABCDEFGH",
    (chance, devices) => ({ do: "hide", who: chance.below(devices), forMs: downMs(chance) }),
  ],
  [4, "ABCDEFGH", (chance, devices) => ({ do: "break", who: chance.below(devices) })],
  [
    2,
    "ABCDEFGH",
    (chance, devices) => ({ do: "swallow", who: chance.below(devices), forMs: downMs(chance) }),
  ],
  [
    2,
    "ABCDEFGH",
    (chance, devices) => ({ do: "cut", who: chance.below(devices), forMs: downMs(chance) }),
  ],
  [
    1,
    "ABCDEFGH",
    (chance, devices) => ({ do: "clock", who: chance.below(devices), clock: clockOf(chance, 1) }),
  ],
  [
    1,
    "ABCDEFGH",
    (chance, devices) => ({ do: "full", who: chance.below(devices), forMs: downMs(chance) }),
  ],
  [
    5,
    "ABCDEFGH",
    (chance) => ({
      do: "relayDies",
      at: FIRST,
      moment: chance.pick(["now", "beforeSync"]),
      downMs: downMs(chance),
    }),
  ],
  [2, "BCG", (chance) => ({ do: "relayWiped", at: FIRST, downMs: downMs(chance) })],
  [1, "ABCDEFGH", (chance) => ({ do: "relayFails", at: FIRST, forMs: downMs(chance) })],
  [1, "C", lie],
  // Eve is the last of the first devices; whom she lies to is anybody.
  [
    8,
    "E",
    (chance, devices) => ({ do: "lie", who: 0, to: chance.below(devices), lie: chance.pick(LIES) }),
  ],
  [16, "H", (chance, devices) => ({ do: "handOver", who: chance.below(devices) })],
  [4, "H", die],
];

export function faults(chance: Chance, devices: number, profile: Profile): readonly Step[] {
  const usable = FAULTS.filter(([, profiles]) => profiles.includes(profile));
  const lots = usable.flatMap(([weight, , fault]) => Array.from({ length: weight }, () => fault));
  const count = chance.between(1, 10);
  return Array.from({ length: count }, () => ({
    ...chance.pick(lots)(chance, devices),
    atMs: chance.below(BUSY_MS),
  }));
}

/** True with the complement of `wrong`. */
export function clockOf(chance: Chance, wrong: number): Clock {
  if (!chance.happens(wrong)) return { type: "skewed", byMs: chance.between(-400, 400) };
  switch (chance.below(5)) {
    case 0:
      return { type: "set", toMs: YEAR_1970_MS };
    case 1:
      return { type: "set", toMs: YEAR_2038_MS };
    case 2:
      return { type: "frozen" };
    case 3:
      return { type: "skewed", byMs: chance.between(-DAY_MS, DAY_MS) };
    default:
      return { type: "skewed", byMs: chance.between(-280_000, 280_000) };
  }
}
