/** What a person gets to read about a seed that failed. */
import { planOf } from "./make-plan.ts";
import type { Plan, Profile } from "./plan.ts";
import { type Outcome, runPlan } from "./run.ts";
import { shrunk } from "./shrink.ts";

const TRACE_LINES_MAX = 300;

export async function storyOf(seed: number, profile: Profile): Promise<readonly string[]> {
  const plan = planOf(seed, profile);
  const broken = promiseOf(await runPlan(plan, false));
  const small = await shrunk(
    plan,
    async (it) => broken !== "" && promiseOf(await runPlan(it, false)) === broken,
  );
  const { failure, trace } = await runPlan(small, true);
  return [
    ...describe(plan, small),
    ...trace.slice(-TRACE_LINES_MAX),
    failure ?? "It does not fail when it is told: that is a fault of the simulator.",
  ];
}

/** The promise that was broken, as in "[INV7]". */
const promiseOf = ({ failure }: Outcome): string => /^\[INV\d+\]/u.exec(failure ?? "")?.[0] ?? "";

const describe = (plan: Plan, small: Plan): readonly string[] => [
  `${small.people} people, ${small.wickedness.length} relays, ` +
    `${small.template === null ? "from nothing" : `template ${small.template.n}`}, ` +
    `${small.steps.length} of ${plan.steps.length} steps, hostility ${small.hostility}, ` +
    `clocks ${JSON.stringify(small.clocks)}, commits within ${small.commitMs.join(", ")} ms`,
  ...small.steps.map((step) => `  ${JSON.stringify(step)}`),
];
