/** A run, decided before it begins: the seed decides the plan, and the profile says what may be in it. */
import { Chance } from "./chance.ts";
import { clockOf, faults } from "./plan-faults.ts";
import { assembly, groupTalk, LINKED_AFTER_MS, upheaval } from "./plan-groups.ts";
import { ends, evictions, losses } from "./plan-losses.ts";
import { hasTwoRelays, spread, wickednessOfTwo } from "./plan-relays.ts";
import { deeds, meetings, talk } from "./plan-talk.ts";
import {
  CROWD_TEMPLATES,
  CROWD_TEMPLATES_OF_TWO,
  type Family,
  PAIR_TEMPLATES,
  PAIR_TEMPLATES_OF_TWO,
  type Plan,
  type Profile,
  type Step,
  type Template,
} from "./plan.ts";
import { editionOf } from "./regressions.ts";

/** One world in so many begins from nothing. */
const FRESH_EVERY = 20;
/** From here on nine stories in ten are short ones, so that many fit in a run. The seeds of a tree are here. */
export const SHORT_SEEDS = 2 ** 36;
const LONG_EVERY = 10;
/** Share of crowds where a profile has both kinds of worlds: they take four times as long. */
const CROWDS = 0.5;
const SHORT_CROWDS = 0.3;
/** Beyond every seed that comes of a tree's name. */
const TEMPLATE_SEED = 2 ** 40;
const TEMPLATE_SEED_OF_TWO = TEMPLATE_SEED + 1_000;
const DAY_MS = 86_400_000;

export function planOf(seed: number, profile: Profile): Plan {
  const family = familyOf(seed, profile);
  const chance = new Chance(seed, `plan ${profile}`);
  // Where the only relay lies, who was never met may stay so.
  const isFresh = chance.below(FRESH_EVERY) === 0 && profile !== "D";
  const short = shorteningOf(seed, profile);
  const n = short.world(chance.below(family === "pairs" ? PAIR_TEMPLATES : CROWD_TEMPLATES));
  const relaying = new Chance(seed, `relays ${profile}`);
  const edition = editionOf(seed, profile);
  const isOfTwo = edition >= 2 && hasTwoRelays(relaying, profile);
  const template = isOfTwo ? templateOfTwo(family, n) : { family, relays: 1, n };
  const shape = isFresh ? freshShape(family, chance) : shapeOf(template);
  const { people, seconds } = shape;
  const devices = people + seconds.length;
  const plan = {
    seed,
    profile,
    family,
    template: isFresh ? null : template,
    ...shape,
    laterMs: chance.happens(0.2) ? chance.below(9 * DAY_MS) : chance.below(600_000),
    hostility: profile === "C" ? chance.pick([0, 0.05, 0.2]) : 0,
    commitMs: Array.from({ length: devices }, () => chance.pick([0, 0, 5, 40])),
    clocks: Array.from({ length: devices }, () => clockOf(chance, 0.1)),
  };
  const steps = [
    ...(isFresh ? meetings(chance, people, meetAfterMs(family)) : []),
    ...short.story(talk(chance, devices)),
    ...faults(chance, devices, profile),
    // What was only begun to be wished for would be lost.
    ...(isFresh ? [] : losses(new Chance(seed, `losses ${profile}`), devices, profile)),
    ...short.story(deeds(new Chance(seed, `deeds ${profile}`), devices)),
    ...(family === "crowd" ? crowdSteps({ seed, profile, shape, isFresh, short }) : []),
  ];
  const evicted = evictions(new Chance(seed, `storage gone ${profile}`), devices, profile, steps);
  const befallen = isFresh ? steps : [...steps, ...evicted];
  const mayEnd = !isFresh && (profile === "C" || edition >= 3);
  const ended = ends(new Chance(seed, `ends ${profile}`), shape, profile, befallen);
  const all = [...befallen, ...(mayEnd ? ended : [])];
  const more = new Chance(seed, `more ${profile}`);
  const wickedness = profile === "D" ? more.pick([0.05, 0.1, 0.3]) : 0;
  return {
    ...plan,
    wickedness: isOfTwo ? wickednessOfTwo(relaying, wickedness) : [wickedness],
    old: profile === "F" ? [more.below(people)] : [],
    steps: (isOfTwo ? spread(relaying, all) : all).toSorted((a, b) => a.atMs - b.atMs),
  };
}

/** A and B look at what healing would hide, which a group cannot do without. */
function familyOf(seed: number, profile: Profile): Family {
  if (profile === "G") return "crowd";
  if ("ABF".includes(profile)) return "pairs";
  const share = seed >= SHORT_SEEDS ? SHORT_CROWDS : CROWDS;
  return new Chance(seed, `family ${profile}`).happens(share) ? "crowd" : "pairs";
}

type Shortening = {
  /** The world to begin from instead of that one. */
  readonly world: (template: number) => number;
  readonly story: (steps: readonly Step[]) => readonly Step[];
};

const WHOLE: Shortening = { world: (template) => template, story: (steps) => steps };

/** As few people as there may be, who say and do half as much. What goes wrong stays. */
function shorteningOf(seed: number, profile: Profile): Shortening {
  const chance = new Chance(seed, `short ${profile}`);
  const isShort = seed >= SHORT_SEEDS && chance.below(LONG_EVERY) !== 0;
  if (!isShort) return WHOLE;
  return {
    world: (template) => template - (template % SIZES),
    story: (steps) => steps.filter(() => chance.happens(0.5)),
  };
}

type Crowd = {
  readonly seed: number;
  readonly profile: Profile;
  readonly shape: Shape;
  readonly isFresh: boolean;
  readonly short: Shortening;
};

function crowdSteps({ seed, profile, shape, isFresh, short }: Crowd): readonly Step[] {
  const { people, seconds } = shape;
  const chance = new Chance(seed, `crowd ${profile}`);
  const devices = people + seconds.length;
  return [
    ...(isFresh ? assembly(chance, people, seconds) : []),
    ...short.story(groupTalk(chance, devices)),
    ...upheaval(chance, devices, people, profile === "G"),
  ];
}

/** How a template comes to be: everybody meets everybody and says something, nothing goes wrong. */
export function templatePlan(template: Template): Plan {
  const { family, relays, n } = template;
  const base = relays === 2 ? TEMPLATE_SEED_OF_TWO : TEMPLATE_SEED;
  const seed = base + n + (family === "pairs" ? 0 : PAIR_TEMPLATES);
  const chance = new Chance(seed, "template");
  const { people, seconds } = shapeOf(template);
  const devices = people + seconds.length;
  const steps = [
    ...meetings(chance, people, meetAfterMs(family)),
    ...talk(chance, people),
    ...(family === "crowd" ? assembly(chance, people, seconds) : []),
    ...(family === "crowd" ? groupTalk(chance, devices) : []),
  ];
  return {
    seed,
    profile: "C",
    family,
    template: null,
    people,
    seconds,
    laterMs: 0,
    hostility: 0,
    wickedness: Array.from({ length: relays }, () => 0),
    old: [],
    commitMs: [],
    clocks: [],
    steps: steps.toSorted((a, b) => a.atMs - b.atMs),
  };
}

const meetAfterMs = (family: Family): number => (family === "pairs" ? 0 : LINKED_AFTER_MS);

const SIZES = 3;

type Shape = { readonly people: number; readonly seconds: readonly number[] };

/** Pairs: 2, 3 or 4 people. Crowds: 3 to 5, of whom one has a second device. */
const shapeOf = ({ family, n }: Template): Shape =>
  family === "pairs"
    ? { people: 2 + (n % SIZES), seconds: [] }
    : { people: 3 + (n % SIZES), seconds: [n % 2] };

/** Of the same size. */
const templateOfTwo = (family: Family, n: number): Template => ({
  family,
  relays: 2,
  n: n % (family === "pairs" ? PAIR_TEMPLATES_OF_TWO : CROWD_TEMPLATES_OF_TWO),
});

const freshShape = (family: Family, chance: Chance): Shape => ({
  people: chance.between(2, 3),
  seconds: family === "pairs" ? [] : [chance.below(2)],
});
