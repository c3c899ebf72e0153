/** Threads that share what there is to do: first the worlds to begin from, then the seeds. */
import { availableParallelism } from "node:os";

import { planOf } from "./make-plan.ts";
import { isHealing } from "./mutants.ts";
import type { Profile, Template } from "./plan.ts";
import { templateName } from "./templates.ts";
import { Thread } from "./thread.ts";
import type { Order, Told } from "./worker.ts";
import type { SavedWorld } from "./world.ts";

const LANES_MAX = 4;
/** So few that all lanes end at about the same time. */
const ORDER_SEEDS = 16;
const ORDER_TEMPLATES = 4;

export type Task = { readonly seed: number; readonly profile: Profile };

export type FleetOptions = {
  readonly tasks: readonly Task[];
  readonly mutant: string | null;
  readonly explain: boolean;
  /** A thread broke off. */
  readonly broke: (what: string) => void;
};

/** What came of each, in the order of seeds and profiles; fewer when a thread broke off. */
export async function runTasks(options: FleetOptions): Promise<readonly Told[]> {
  const lanes = Array.from({ length: lanesNow() }, () => new Lane(options));
  const told: Told[] = [];
  try {
    const isMutated = options.mutant !== null;
    const templates = isMutated ? new Map() : await makeTemplates(options.tasks, lanes);
    await share(lanes, ordersOf(options.tasks), async (lane, order) => {
      told.push(...(await lane.run(order, options.explain, templates)));
    });
  } finally {
    await Promise.all(lanes.map((it) => it.end()));
  }
  return told.toSorted((a, b) => a.seed - b.seed || (a.profile < b.profile ? -1 : 1));
}

type Templates = ReadonlyMap<string, SavedWorld | string>;

/** Of the sources as they are, whatever a profile plants: so a seed begins alike wherever it runs. */
async function makeTemplates(tasks: readonly Task[], lanes: readonly Lane[]): Promise<Templates> {
  const wanted = new Map<string, Template>();
  for (const { seed, profile } of tasks) {
    const { template } = planOf(seed, profile);
    if (template !== null) wanted.set(templateName(template), template);
  }
  const made = new Map<string, SavedWorld | string>();
  await share(lanes, piecesOf([...wanted.values()], ORDER_TEMPLATES), async (lane, ids) => {
    for (const [name, world] of await lane.make(ids)) made.set(name, world);
  });
  return made;
}

type Seeds = { readonly profile: Profile; readonly seeds: readonly number[] };

const ordersOf = (tasks: readonly Task[]): readonly Seeds[] =>
  [...Map.groupBy(tasks, (it) => it.profile)].flatMap(([profile, all]) =>
    piecesOf(
      all.map((it) => it.seed),
      ORDER_SEEDS,
    ).map((seeds) => ({ profile, seeds })),
  );

const piecesOf = <T>(all: readonly T[], size: number): readonly (readonly T[])[] =>
  Array.from({ length: Math.ceil(all.length / size) }, (_, i) =>
    all.slice(i * size, (i + 1) * size),
  );

const lanesNow = (): number => Math.max(1, Math.min(LANES_MAX, availableParallelism()));

async function share<Work>(
  lanes: readonly Lane[],
  all: readonly Work[],
  run: (lane: Lane, work: Work) => Promise<void>,
): Promise<void> {
  const left = [...all];
  await Promise.all(
    lanes.map(async (lane) => {
      for (let next = left.shift(); next !== undefined; next = left.shift()) await run(lane, next);
    }),
  );
}

/** One thing after the other, in two threads: one whose devices heal, and one whose devices do not. */
class Lane {
  readonly #options: FleetOptions;
  readonly #threads = new Map<boolean, Thread>();
  /** Worlds that a thread was given. */
  readonly #given = new WeakMap<Thread, Set<string>>();

  constructor(options: FleetOptions) {
    this.#options = options;
  }

  async make(ids: readonly Template[]): Promise<Templates> {
    const made = new Map<string, SavedWorld | string>();
    await this.#thread(true).run({ make: ids }, (said) => {
      if ("made" in said) made.set(said.made.name, said.made.world);
    });
    return made;
  }

  async run({ profile, seeds }: Seeds, explain: boolean, all: Templates): Promise<readonly Told[]> {
    const thread = this.#thread(isHealing(profile));
    const templates = this.#newTo(thread, profile, seeds, all);
    const order: Order = { profile, seeds, explain, templates };
    const told: Told[] = [];
    await thread.run(order, (said) => {
      if ("told" in said) told.push(said.told);
    });
    return told;
  }

  async end(): Promise<void> {
    await Promise.all([...this.#threads.values()].map((it) => it.end()));
  }

  #thread(isOfHealing: boolean): Thread {
    const { mutant, broke } = this.#options;
    const known = this.#threads.get(isOfHealing);
    if (known?.isGone === false) return known;
    const thread = new Thread({ isHealing: isOfHealing, mutant }, broke);
    this.#threads.set(isOfHealing, thread);
    return thread;
  }

  #newTo(thread: Thread, profile: Profile, seeds: readonly number[], all: Templates): Templates {
    const given = this.#given.get(thread) ?? new Set<string>();
    this.#given.set(thread, given);
    const plans = seeds.map((seed) => planOf(seed, profile));
    const names = new Set(
      plans.flatMap(({ template }) => (template === null ? [] : [templateName(template)])),
    );
    const isNew = (name: string): boolean => names.has(name) && !given.has(name);
    const fresh = new Map([...all].filter(([name]) => isNew(name)));
    for (const name of fresh.keys()) given.add(name);
    return fresh;
  }
}
