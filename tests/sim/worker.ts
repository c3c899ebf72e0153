/**
 * A thread that makes worlds to begin from and runs seeds: plants what is wanted, and only then loads the
 * sources. It takes one order after the other, for what a thread has compiled the next seeds need as well.
 */
import { parentPort, workerData } from "node:worker_threads";

import { assert } from "../../crypto/base/assert.ts";
import { plant } from "./edits.ts";
import { editsOf, MUTANTS } from "./mutants.ts";
import { loadOlder, OLDER } from "./older.ts";
import type { Profile, Template } from "./plan.ts";
import type { SavedWorld } from "./world.ts";

/** Which sources the thread runs. */
export type Setup = { readonly isHealing: boolean; readonly mutant: string | null };

/** Worlds to make of the sources as they are, or seeds to run. */
export type Order =
  | { readonly make: readonly Template[] }
  | {
      readonly profile: Profile;
      readonly seeds: readonly number[];
      /** Make failures small, and tell how they came about. */
      readonly explain: boolean;
      /** Worlds to begin from that are new to it; one that is not there is made by what is planted. */
      readonly templates: ReadonlyMap<string, SavedWorld | string>;
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

export type Made = { readonly name: string; readonly world: SavedWorld | string };

/** `done`: of the order nothing is left. */
export type Said = { readonly made: Made } | { readonly told: Told } | { readonly done: true };

const { isHealing, mutant: name } = workerData as Setup;
const mutant = MUTANTS.find((it) => it.name === name);
assert(name === null || mutant !== undefined, "a mutant of that name");
const planted = plant(editsOf(isHealing, mutant), OLDER);
const { runSeed } = await import("./run.ts");
const { storyOf } = await import("./story.ts");
const { buildTemplate, templateName, useTemplates } = await import("./templates.ts");
const { ready } = await import("../../crypto/base/sodium.ts");
await ready;
planted();

const say = (said: Said): void => parentPort?.postMessage(said);

parentPort?.on("message", (order: Order) => {
  const done = "make" in order ? make(order.make) : run(order);
  void done.then(
    () => say({ done: true }),
    // Not as a rejection: those are counted against the seed that runs.
    (error: unknown) => setImmediate(() => thrown(error)),
  );
});

function thrown(error: unknown): never {
  throw error;
}

async function make(templates: readonly Template[]): Promise<void> {
  for (const template of templates) {
    say({ made: { name: templateName(template), world: await buildTemplate(template) } });
  }
}

async function run(order: Exclude<Order, { readonly make: unknown }>): Promise<void> {
  const { profile, seeds, explain, templates } = order;
  useTemplates(templates);
  if (profile === "F") await loadOlder();
  for (const seed of seeds) {
    const { plan: _, trace: __, ...outcome } = await runSeed(seed, profile);
    const isToTell = outcome.failure !== null && explain;
    const story = isToTell ? await storyOf(seed, profile) : [];
    say({ told: { seed, profile, story, ...outcome } });
  }
}
