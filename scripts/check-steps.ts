/** What `npm run check` does, and `npm test` does first. */
import { vitestCount } from "./count.ts";
import { runnerStep, type Step, toolStep } from "./steps.ts";

/** Runs the named projects of vite.config.ts. */
export function vitestStep(name: string, projects: readonly string[]): Step {
  const chosen = projects.flatMap((project) => ["--project", project]);
  return runnerStep({
    name,
    command: "vitest",
    args: (file) => ["run", ...chosen, "--reporter=dot", "--reporter=json", `--outputFile=${file}`],
    // A shell with NODE_ENV=production would test React's production build, which has no `act`.
    env: () => ({ NODE_ENV: "test" }),
    count: vitestCount,
  });
}

export const CHECK_STEPS: readonly Step[] = [
  toolStep("format", "oxfmt", ["--check", "."]),
  toolStep("lint", "oxlint", ["."]),
  // --force: without it stale errors are repeated after a change of the base config.
  toolStep("types", "tsc", ["-b", "--force"]),
  toolStep("unused", "knip", ["--no-progress"]),
  vitestStep("unit", ["node", "dom"]),
];
