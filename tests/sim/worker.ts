/**
 * A thread that makes worlds to begin from, or runs the seeds of one profile: plants what the profile and
 * the mutant want, and only then loads the sources. Tells about each as it ends.
 */
import { parentPort, workerData } from "node:worker_threads";

import { assert } from "../../crypto/base/assert.ts";
import { plant } from "./edits.ts";
import { editsOf, MUTANTS } from "./mutants.ts";
import { loadOlder, OLDER } from "./older.ts";
import type { Profile } from "./plan.ts";
import type { TemplateId } from "./templates.ts";
import type { SavedWorld } from "./world.ts";

export type Job = {
  readonly profile: Profile;
  readonly mutant: string | null;
  readonly seeds: readonly number[];
  /** Make failures small, and tell how they came about. */
  readonly explain: boolean;
  /** Worlds to begin from, by name; one that is not there is made here, by what is planted here. */
  readonly templates: ReadonlyMap<string, SavedWorld | string>;
};

/** Worlds to make of the sources as they are. */
export type TemplateJob = { readonly make: readonly TemplateId[] };

export type Told = {
  readonly seed: number;
  readonly profile: Profile;
  readonly failure: string | null;
  /** For a person; empty when all is well. */
  readonly story: readonly string[];
  readonly events: number;
  readonly hash: number;
  readonly quietMs: number;
  readonly situations: ReadonlyMap<string, number>;
};

export type Made = { readonly name: string; readonly world: SavedWorld | string };

const job = workerData as Job | TemplateJob;
if ("make" in job) await make(job);
else await run(job);

async function make({ make: ids }: TemplateJob): Promise<void> {
  const { buildTemplate, templateName } = await import("./templates.ts");
  const { ready } = await import("../../crypto/base/sodium.ts");
  await ready;
  for (const { family, n } of ids) {
    const made: Made = { name: templateName(family, n), world: await buildTemplate(family, n) };
    parentPort?.postMessage(made);
  }
}

async function run({ profile, mutant: name, seeds, explain, templates }: Job): Promise<void> {
  const mutant = MUTANTS.find((it) => it.name === name);
  assert(name === null || mutant !== undefined, "a mutant of that name");
  const planted = plant(editsOf(profile, mutant), profile === "F" ? OLDER : []);
  const { runSeed } = await import("./run.ts");
  const { storyOf } = await import("./story.ts");
  const { useTemplates } = await import("./templates.ts");
  const { ready } = await import("../../crypto/base/sodium.ts");
  await ready;
  if (profile === "F") await loadOlder();
  planted();
  useTemplates(templates);
  for (const seed of seeds) {
    const { plan: _, trace: __, ...outcome } = await runSeed(seed, profile);
    const isToTell = outcome.failure !== null && explain;
    const story = isToTell ? await storyOf(seed, profile) : [];
    const told: Told = { seed, profile, story, ...outcome };
    parentPort?.postMessage(told);
  }
}
