/** One seed, from its plan to its verdict. */
import { becomeQuiet, begin, calm, lastWords, stayStill, worldOf } from "./course.ts";
import { planOf } from "./make-plan.ts";
import { BUSY_MS, type Plan, type Profile } from "./plan.ts";
import { templateOf } from "./templates.ts";

export type Outcome = {
  readonly plan: Plan;
  /** Null: every promise was kept. */
  readonly failure: string | null;
  readonly events: number;
  /** Of everything that happened; equal for equal plans. */
  readonly hash: number;
  readonly quietMs: number;
  readonly situations: ReadonlyMap<string, number>;
  readonly trace: readonly string[];
};

/** What nobody awaited and failed: a bug of the seed that runs. */
const strays: unknown[] = [];
process.on("unhandledRejection", (error) => void strays.push(error));

export const runSeed = (seed: number, profile: Profile): Promise<Outcome> =>
  runPlan(planOf(seed, profile), false);

export async function runPlan(plan: Plan, isTraced: boolean): Promise<Outcome> {
  const from = plan.template === null ? null : await templateOf(plan.template);
  if (typeof from === "string") return failedBefore(plan, from);
  const world = worldOf(plan, from, isTraced);
  await begin(world, plan);
  await world.run(BUSY_MS);
  calm(world);
  await lastWords(world, plan);
  const quietMs = await becomeQuiet(world);
  if (world.failure === null) await stayStill(world);
  for (const stray of strays.splice(0)) world.fail(`[INV0] nobody caught ${String(stray)}`);
  return {
    plan,
    failure: world.failure,
    events: world.kernel.events,
    hash: world.kernel.trace,
    quietMs,
    situations: world.situations,
    trace: world.tracer.lines,
  };
}

/** Not even the world to begin from came to be. */
const failedBefore = (plan: Plan, failure: string): Outcome => ({
  plan,
  failure,
  events: 0,
  hash: 0,
  quietMs: 0,
  situations: new Map(),
  trace: [],
});
