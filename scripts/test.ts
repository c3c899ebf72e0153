/** `npm test`: sets up all it needs, then runs everything that CI runs. */
import { globSync } from "node:fs";

import { buildApp } from "./build-app.ts";
import { CHECK_STEPS, vitestStep } from "./check-steps.ts";
import { ROOT, runChild } from "./child.ts";
import { FAILED, NOTHING, playwrightCount, simulationCount } from "./count.ts";
import { installBrowsers } from "./install-browsers.ts";
import { runnerStep, runSteps, type Step } from "./steps.ts";

/** New worlds for each content of the tree (docs/decisions/0054); more by `npm run sim`. */
const SIM_SEEDS = 8_000;

const exists = (pattern: string): boolean => globSync(pattern, { cwd: ROOT }).length > 0;

const browsers: Step = {
  name: "browsers",
  run: async () => ((await installBrowsers()) ? NOTHING : FAILED),
};

const build: Step = { name: "build", run: async () => ((await buildApp()) ? NOTHING : FAILED) };

const simulation: Step = {
  name: "simulation",
  run: async () => {
    const args = ["--seeds", `${SIM_SEEDS}`, "--base", "tree", "--profile", "turn"];
    const { code, output } = await runChild("node", ["tests/sim/main.ts", ...args], { show: true });
    return simulationCount(output, code);
  },
};

const endToEnd = runnerStep({
  name: "end-to-end",
  command: "playwright",
  args: () => ["test", "--reporter=list,json"],
  env: (file) => ({ PLAYWRIGHT_JSON_OUTPUT_FILE: file }),
  count: playwrightCount,
});

process.exitCode = await runSteps([
  browsers,
  ...CHECK_STEPS,
  ...(exists("tests/{contract,scenario,sim,vectors}/**/*.test.ts")
    ? [vitestStep("slow", ["slow"])]
    : []),
  ...(exists("tests/sim/main.ts") ? [simulation] : []),
  build,
  endToEnd,
]);
