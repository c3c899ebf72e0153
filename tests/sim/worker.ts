/**
 * A thread that runs the seeds of one profile: plants what the profile and the mutant want, and only
 * then loads the sources. Tells about each seed as it ends.
 */
import { parentPort, workerData } from "node:worker_threads";

import { assert } from "../../crypto/base/assert.ts";
import { plant } from "./edits.ts";
import { editsOf, MUTANTS } from "./mutants.ts";
import type { Profile } from "./plan.ts";

export type Job = {
  readonly profile: Profile;
  readonly mutant: string | null;
  readonly seeds: readonly number[];
  /** Make failures small, and tell how they came about. */
  readonly explain: boolean;
};

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

const { profile, mutant: name, seeds, explain } = workerData as Job;
const mutant = MUTANTS.find((it) => it.name === name);
assert(name === null || mutant !== undefined, "a mutant of that name");
const planted = plant(editsOf(profile, mutant));
const { runSeed } = await import("./run.ts");
const { storyOf } = await import("./story.ts");
const { ready } = await import("../../crypto/base/sodium.ts");
await ready;
planted();
for (const seed of seeds) {
  const { plan: _, trace: __, ...outcome } = await runSeed(seed, profile);
  const isToTell = outcome.failure !== null && explain;
  const story = isToTell ? await storyOf(seed, profile) : [];
  const told: Told = { seed, profile, story, ...outcome };
  parentPort?.postMessage(told);
}
