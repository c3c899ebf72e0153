/** A failing plan made small: what is not needed for the failure is taken out, piece by piece. */
import type { Clock, Plan, Step } from "./plan.ts";

/** Runs that one failure may cost. */
const RUNS_MAX = 150;
const TRUE_CLOCK: Clock = { type: "skewed", byMs: 0 };

/** `fails`: does the plan still break the same promise? */
export async function shrunk(plan: Plan, fails: (plan: Plan) => Promise<boolean>): Promise<Plan> {
  const shrinking: Shrinking = { best: plan, runs: 0, fails };
  await tryPlan(shrinking, { ...plan, hostility: 0 });
  const { best } = shrinking;
  await tryPlan(shrinking, { ...best, clocks: best.clocks.map(() => TRUE_CLOCK) });
  await tryPlan(shrinking, { ...shrinking.best, commitMs: best.commitMs.map(() => 0) });
  let size = Math.ceil(plan.steps.length / 2);
  for (;;) {
    const isSmaller = await leaveOut(shrinking, size);
    if (shrinking.runs >= RUNS_MAX || (size <= 1 && !isSmaller)) return shrinking.best;
    size = Math.max(1, Math.floor(size / 2));
  }
}

type Shrinking = {
  best: Plan;
  runs: number;
  readonly fails: (plan: Plan) => Promise<boolean>;
};

async function tryPlan(shrinking: Shrinking, smaller: Plan): Promise<boolean> {
  shrinking.runs += 1;
  if (shrinking.runs > RUNS_MAX || !(await shrinking.fails(smaller))) return false;
  shrinking.best = smaller;
  return true;
}

/** Once over the plan, `size` steps at a time. */
async function leaveOut(shrinking: Shrinking, size: number): Promise<boolean> {
  let isSmaller = false;
  for (let at = 0; at < shrinking.best.steps.length;) {
    const { steps } = shrinking.best;
    const rest: readonly Step[] = [...steps.slice(0, at), ...steps.slice(at + size)];
    if (await tryPlan(shrinking, { ...shrinking.best, steps: rest })) isSmaller = true;
    else at += size;
  }
  return isSmaller;
}
