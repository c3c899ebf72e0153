/** Threads that share what there is to do: first the worlds to begin from, then the seeds. */
import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";

import { planOf } from "./make-plan.ts";
import type { Profile } from "./plan.ts";
import { type TemplateId, templateName } from "./templates.ts";
import type { Job, Made, TemplateJob, Told } from "./worker.ts";
import type { SavedWorld } from "./world.ts";

const THREADS_MAX = 4;
/** Loading the sources costs a thread so much as a few seeds: jobs are larger than that. */
const JOB_SEEDS_MIN = 16;
/** For each thread, so that all of them end at about the same time. */
const JOBS_PER_THREAD = 3;
/** What lives for an event is dropped at once, and need not be moved. */
const resourceLimits = { maxYoungGenerationSizeMb: 64 };
const WORKER = new URL("worker.ts", import.meta.url);

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
  const templates = options.mutant === null ? await makeTemplates(options) : new Map();
  const jobs = jobsOf(options, templates);
  const told: Told[] = [];
  await share(jobs, (job) => runThread(job, (it) => told.push(it as Told), options.broke));
  return told.toSorted((a, b) => a.seed - b.seed || (a.profile < b.profile ? -1 : 1));
}

/** Of the sources as they are, whatever a profile plants: so a seed begins alike wherever it runs. */
async function makeTemplates({
  tasks,
  broke,
}: FleetOptions): Promise<ReadonlyMap<string, SavedWorld | string>> {
  const wanted = new Map<string, TemplateId>();
  for (const { seed, profile } of tasks) {
    const { family, template } = planOf(seed, profile);
    if (template !== null) wanted.set(templateName(family, template), { family, n: template });
  }
  const all = [...wanted.values()];
  const parts = Array.from({ length: threads() }, (_, i) =>
    all.filter((__, k) => k % threads() === i),
  );
  const made = new Map<string, SavedWorld | string>();
  const jobs = parts.filter((it) => it.length > 0).map((make): TemplateJob => ({ make }));
  await share(jobs, (job) =>
    runThread(
      job,
      (it) => {
        const { name, world } = it as Made;
        made.set(name, world);
      },
      broke,
    ),
  );
  return made;
}

function jobsOf(
  { tasks, mutant, explain }: FleetOptions,
  templates: ReadonlyMap<string, SavedWorld | string>,
): Job[] {
  const size = Math.max(JOB_SEEDS_MIN, Math.ceil(tasks.length / (threads() * JOBS_PER_THREAD)));
  return [...Map.groupBy(tasks, (it) => it.profile)].flatMap(([profile, all]) =>
    Array.from({ length: Math.ceil(all.length / size) }, (_, i) => {
      const seeds = all.slice(i * size, (i + 1) * size).map((it) => it.seed);
      return { profile, mutant, seeds, explain, templates: neededBy(profile, seeds, templates) };
    }),
  );
}

function neededBy(
  profile: Profile,
  seeds: readonly number[],
  templates: ReadonlyMap<string, SavedWorld | string>,
): ReadonlyMap<string, SavedWorld | string> {
  const plans = seeds.map((seed) => planOf(seed, profile));
  const names = new Set(plans.map((it) => templateName(it.family, it.template ?? -1)));
  return new Map([...templates].filter(([name]) => names.has(name)));
}

const threads = (): number => Math.max(1, Math.min(THREADS_MAX, availableParallelism()));

async function share<Work>(
  all: readonly Work[],
  run: (work: Work) => Promise<void>,
): Promise<void> {
  const left = [...all];
  const work = async (): Promise<void> => {
    for (let next = left.shift(); next !== undefined; next = left.shift()) await run(next);
  };
  await Promise.all(Array.from({ length: threads() }, work));
}

function runThread(
  workerData: Job | TemplateJob,
  heard: (message: Made | Told) => void,
  broke: (what: string) => void,
): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const worker = new Worker(WORKER, { workerData, resourceLimits });
  worker.on("message", heard);
  worker.on("error", (error) => broke(error.stack ?? String(error)));
  worker.on("exit", () => resolve());
  return promise;
}
