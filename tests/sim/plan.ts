/**
 * What happens in a run, decided before it begins: a list of steps, each of which can be left out when
 * a failure is made small. The seed decides the plan; the profile says what may be in it.
 */
import { Chance } from "./chance.ts";
import { type Moment, MOMENTS } from "./person.ts";

/**
 * A: healing is off and the relay keeps its disk, so that a message it loses stays lost.
 * B: healing is off and the disk may be wiped: the senders' outboxes must do it.
 * C: everything is on, and the way is hostile: in the end all is the same everywhere.
 */
export type Profile = "A" | "B" | "C";
export const PROFILES: readonly Profile[] = ["A", "B", "C"];

/** How long people write and things break. */
export const BUSY_MS = 40_000;
/** One world in so many begins from nothing. */
const FRESH_EVERY = 20;
export const TEMPLATES = 64;

export type Action =
  | { readonly do: "write"; readonly who: number; readonly to: number; readonly n: number }
  | {
      readonly do: "change";
      readonly who: number;
      readonly to: number;
      /** Counted back from the newest message of the chat. */
      readonly back: number;
      readonly deed: Deed;
      readonly n: number;
    }
  | { readonly do: "read"; readonly who: number }
  | { readonly do: "type"; readonly who: number; readonly to: number }
  | { readonly do: "meet"; readonly who: number; readonly to: number; readonly isAlone: boolean }
  | {
      readonly do: "forge";
      readonly who: number;
      readonly to: number;
      /** Whose log the forged entry pretends to be in. */
      readonly as: "me" | "them";
    }
  | {
      readonly do: "die";
      readonly who: number;
      readonly moment: Moment | "now";
      readonly after: number;
      readonly downMs: number;
    }
  | { readonly do: "close"; readonly who: number; readonly downMs: number }
  | { readonly do: "hide"; readonly who: number; readonly forMs: number }
  | { readonly do: "break"; readonly who: number }
  | { readonly do: "swallow"; readonly who: number; readonly forMs: number }
  | { readonly do: "cut"; readonly who: number; readonly forMs: number }
  | { readonly do: "clock"; readonly who: number; readonly clock: Clock }
  | { readonly do: "full"; readonly who: number; readonly forMs: number }
  | { readonly do: "relayDies"; readonly moment: "now" | "beforeSync"; readonly downMs: number }
  | { readonly do: "relayWiped"; readonly downMs: number }
  | { readonly do: "relayFails"; readonly forMs: number };

/** What people do with messages. */
export const DEEDS = ["edit", "react", "unreact", "pin", "unpin", "delete", "star"] as const;
export type Deed = (typeof DEEDS)[number];

/** What a device's clock says from now on. */
export type Clock =
  | { readonly type: "skewed"; readonly byMs: number }
  /** A date that a dead battery or a wrong year makes. */
  | { readonly type: "set"; readonly toMs: number }
  | { readonly type: "frozen" };

export type Step = Action & { readonly atMs: number };

export type Plan = {
  readonly seed: number;
  readonly profile: Profile;
  /** The number of the world to begin from; null: from nothing. */
  readonly template: number | null;
  readonly people: number;
  /** Since the template was made. */
  readonly laterMs: number;
  /** Share of frames that are dropped, doubled or overtaken while it is busy. */
  readonly hostility: number;
  /** How long a commit of each device takes, at most. */
  readonly commitMs: readonly number[];
  readonly clocks: readonly Clock[];
  readonly steps: readonly Step[];
};

/** Beyond every seed that is a commit's hash. */
const TEMPLATE_SEED = 2 ** 40;
const DAY_MS = 86_400_000;
const YEAR_1970_MS = 60_000;
const YEAR_2038_MS = 2_147_483_648_000;

export function planOf(seed: number, profile: Profile): Plan {
  const chance = new Chance(seed, `plan ${profile}`);
  const isFresh = chance.below(FRESH_EVERY) === 0;
  const template = chance.below(TEMPLATES);
  const people = isFresh ? chance.between(2, 3) : peopleOf(template);
  const plan = {
    seed,
    profile,
    template: isFresh ? null : template,
    people,
    laterMs: chance.happens(0.2) ? chance.below(9 * DAY_MS) : chance.below(600_000),
    hostility: profile === "C" ? chance.pick([0, 0.05, 0.2]) : 0,
    commitMs: Array.from({ length: people }, () => chance.pick([0, 0, 5, 40])),
    clocks: Array.from({ length: people }, () => clockOf(chance, 0.1)),
  };
  const steps = [
    ...(isFresh ? meetings(chance, people) : []),
    ...talk(chance, people),
    ...faults(chance, people, profile),
    ...deeds(new Chance(seed, `deeds ${profile}`), people),
  ];
  return { ...plan, steps: steps.toSorted((a, b) => a.atMs - b.atMs) };
}

/** How a template comes to be: everybody meets everybody and says something, nothing goes wrong. */
export function templatePlan(template: number): Plan {
  const seed = TEMPLATE_SEED + template;
  const chance = new Chance(seed, "template");
  const people = peopleOf(template);
  const steps = [...meetings(chance, people), ...talk(chance, people)];
  return {
    seed,
    profile: "C",
    template: null,
    people,
    laterMs: 0,
    hostility: 0,
    commitMs: [],
    clocks: [],
    steps: steps.toSorted((a, b) => a.atMs - b.atMs),
  };
}

/** Templates have 2, 3 or 4 people. */
const peopleOf = (template: number): number => 2 + (template % 3);

function meetings(chance: Chance, people: number): readonly Step[] {
  const steps: Step[] = [];
  for (let who = 1; who < people; who += 1) {
    for (let to = 0; to < who; to += 1) {
      const atMs = chance.below(BUSY_MS / 4);
      steps.push({ do: "meet", who, to, isAlone: chance.happens(0.5), atMs });
    }
  }
  return steps;
}

function talk(chance: Chance, people: number): readonly Step[] {
  const steps: Step[] = [];
  const writes = chance.between(4, 20);
  for (let n = 0; n < writes; n += 1) {
    const [who, to] = pairOf(chance, people);
    const atMs = chance.below(BUSY_MS);
    steps.push({ do: "write", who, to, n, atMs });
    // People write in bursts, and at the same time.
    const burst = chance.happens(0.2) ? chance.between(1, 4) : 0;
    for (let i = 1; i <= burst; i += 1) {
      steps.push({ do: "write", who, to, n: n + 100 * i, atMs: atMs + chance.below(30) * i });
    }
  }
  const reads = chance.between(1, 6);
  for (let i = 0; i < reads; i += 1) {
    steps.push({ do: "read", who: chance.below(people), atMs: chance.below(BUSY_MS) });
  }
  if (chance.happens(0.3)) {
    const [who, to] = pairOf(chance, people);
    steps.push({ do: "type", who, to, atMs: chance.below(BUSY_MS) });
  }
  return steps;
}

/** Of the newest messages, so that both often do something with the same one. */
const NEWEST = 4;

function deeds(chance: Chance, people: number): readonly Step[] {
  const steps: Step[] = [];
  const count = chance.between(2, 14);
  for (let n = 0; n < count; n += 1) {
    const [who, to] = pairOf(chance, people);
    const [deed, back] = [chance.pick([...DEEDS]), chance.below(NEWEST)];
    const atMs = chance.below(BUSY_MS);
    steps.push({ do: "change", who, to, back, deed, n, atMs });
    // The other one means the same message, at about the same time, and often something else.
    if (!chance.happens(0.4)) continue;
    const other = chance.happens(0.5) ? deed : chance.pick([...DEEDS]);
    const again = { who: to, to: who, back, deed: other, n: n + 100 };
    steps.push({ do: "change", ...again, atMs: atMs + chance.below(3_000) });
  }
  return steps;
}

function pairOf(chance: Chance, people: number): readonly [number, number] {
  const who = chance.below(people);
  return [who, (who + chance.between(1, people - 1)) % people];
}

type Fault = (chance: Chance, people: number) => Action;

const downMs = (chance: Chance): number =>
  chance.happens(0.3) ? chance.between(5_000, 20_000) : chance.between(50, 3_000);

const FAULTS: readonly (readonly [weight: number, profiles: string, Fault])[] = [
  [
    6,
    "ABC",
    (chance, people) => ({
      do: "die",
      who: chance.below(people),
      moment: chance.pick([...MOMENTS, "now"]),
      after: chance.between(1, 6),
      downMs: downMs(chance),
    }),
  ],
  [
    1,
    "ABC",
    (chance, people) => ({ do: "close", who: chance.below(people), downMs: downMs(chance) }),
  ],
  [
    1,
    "ABC",
    (chance, people) => ({ do: "hide", who: chance.below(people), forMs: downMs(chance) }),
  ],
  [4, "ABC", (chance, people) => ({ do: "break", who: chance.below(people) })],
  [
    2,
    "ABC",
    (chance, people) => ({ do: "swallow", who: chance.below(people), forMs: downMs(chance) }),
  ],
  [2, "ABC", (chance, people) => ({ do: "cut", who: chance.below(people), forMs: downMs(chance) })],
  [
    1,
    "ABC",
    (chance, people) => ({ do: "clock", who: chance.below(people), clock: clockOf(chance, 1) }),
  ],
  [
    1,
    "ABC",
    (chance, people) => ({ do: "full", who: chance.below(people), forMs: downMs(chance) }),
  ],
  [
    5,
    "ABC",
    (chance) => ({
      do: "relayDies",
      moment: chance.pick(["now", "beforeSync"]),
      downMs: downMs(chance),
    }),
  ],
  [2, "BC", (chance) => ({ do: "relayWiped", downMs: downMs(chance) })],
  [1, "ABC", (chance) => ({ do: "relayFails", forMs: downMs(chance) })],
  [
    1,
    "C",
    (chance, people) => {
      const [who, to] = pairOf(chance, people);
      return { do: "forge", who, to, as: chance.pick(["me", "them"]) };
    },
  ],
];

function faults(chance: Chance, people: number, profile: Profile): readonly Step[] {
  const usable = FAULTS.filter(([, profiles]) => profiles.includes(profile));
  const lots = usable.flatMap(([weight, , fault]) => Array.from({ length: weight }, () => fault));
  const count = chance.between(1, 10);
  return Array.from({ length: count }, () => ({
    ...chance.pick(lots)(chance, people),
    atMs: chance.below(BUSY_MS),
  }));
}

/** True with the complement of `wrong`. */
function clockOf(chance: Chance, wrong: number): Clock {
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
