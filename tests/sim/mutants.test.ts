/**
 * Every promise has a fault that breaks it, and the simulator finds each one. Faults are planted in the
 * real sources (edits.ts), in threads of their own.
 */
import { availableParallelism } from "node:os";

import { describe, expect, test } from "vitest";

import type { Mutant } from "./mutant.ts";
import { isHealing, KILL_SEEDS_MAX, MUTANTS } from "./mutants.ts";
import { Thread } from "./thread.ts";
import type { Told } from "./worker.ts";

const TEST_MS_MAX = 300_000;

/** What the first seed says that notices anything; undefined: none of them does. */
async function firstFailure({ name, profile, from = 0 }: Mutant): Promise<Told | undefined> {
  const seeds = Array.from({ length: KILL_SEEDS_MAX - from }, (_, i) => from + i);
  const { promise: failed, resolve: failing } = Promise.withResolvers<Told>();
  const { promise: broken, reject } = Promise.withResolvers<never>();
  const thread = new Thread({ isHealing: isHealing(profile), mutant: name }, (what) =>
    reject(new Error(what)),
  );
  const order = { profile, seeds, explain: false, templates: new Map() };
  const survived = thread.run(order, (said) => {
    if ("told" in said && said.told.failure !== null) failing(said.told);
  });
  const told = await Promise.race([failed, broken, survived.then(() => undefined)]);
  await thread.end();
  return told;
}

test("[SM6] there is a mutant for each promise that can be broken by one", () => {
  expect(MUTANTS.length).toBeGreaterThanOrEqual(25);
  expect(new Set(MUTANTS.map((it) => it.name)).size).toBe(MUTANTS.length);
});

describe.concurrent(`with ${availableParallelism()} cores`, () => {
  test.each(MUTANTS)(
    "[SM6] kills: $name",
    async (mutant) => {
      const told = await firstFailure(mutant);
      const failure = told?.failure ?? "nobody noticed";
      const broken = mutant.breaks.find((it) => failure.startsWith(`[${it}] `));
      expect([failure, broken]).toEqual([failure, expect.any(String)]);
    },
    TEST_MS_MAX,
  );
});
