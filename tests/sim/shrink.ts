/** A failing plan made small: what is not needed for the failure is taken out, piece by piece. */
import type { Clock, Plan, Step } from "./plan.ts";

/** Runs that one failure may cost. */
const RUNS_MAX = 150;
const TRUE_CLOCK: Clock = { type: "skewed", byMs: 0 };

/** `fails`: does the plan still break the same promise? */
export async function shrunk(plan: Plan, fails: (plan: Plan) => Promise<boolean>): Promise<Plan> {
  let runs = 0;
  let best = plan;
  const attempt = async (smaller: Plan): Promise<boolean> => {
    runs += 1;
    if (runs > RUNS_MAX || !(await fails(smaller))) return false;
    best = smaller;
    return true;
  };
  await attempt({ ...best, hostility: 0 });
  await attempt({ ...best, clocks: best.clocks.map(() => TRUE_CLOCK) });
  await attempt({ ...best, commitMs: best.commitMs.map(() => 0) });
  for (let size = Math.ceil(best.steps.length / 2); size >= 1 && runs < RUNS_MAX;) {
    let isSmaller = false;
    for (let at = 0; at < best.steps.length;) {
      const steps: readonly Step[] = [...best.steps.slice(0, at), ...best.steps.slice(at + size)];
      if (await attempt({ ...best, steps })) isSmaller = true;
      else at += size;
    }
    if (size > 1) size = Math.floor(size / 2);
    else if (!isSmaller) break;
  }
  return best;
}
