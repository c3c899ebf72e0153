import { expect, test } from "vitest";

import { FAILED, NOTHING, PASSED } from "../../scripts/count.ts";
import { runnerStep, runSteps, type Step, toolStep } from "../../scripts/steps.ts";

const step = (name: string, count: Awaited<ReturnType<Step["run"]>>): Step => ({
  name,
  run: async () => count,
});

async function outcome(steps: readonly Step[], isCi = false) {
  const printed: string[] = [];
  const code = await runSteps(steps, { print: (text) => void printed.push(text), isCi });
  return { code, lines: printed.join("").trimEnd().split("\n") };
}

const skipping = (name: string) => ({ ...PASSED, skipped: 1, skippedNames: [name] });

test("[SP1] the last line adds up all steps", async () => {
  const { code, lines } = await outcome([
    step("a", PASSED),
    step("b", { ...NOTHING, passed: 41 }),
    step("c", skipping("s")),
  ]);
  expect(lines.at(-1)).toBe("43 passed, 0 failed, 1 skipped");
  expect(code).toBe(0);
});

test("[SP2] a failure does not keep the next step from running, and decides the exit code", async () => {
  const { code, lines } = await outcome([step("a", FAILED), step("b", PASSED)]);
  expect(lines.at(-1)).toBe("1 passed, 1 failed, 0 skipped");
  expect(code).toBe(1);
});

test("[SP3] a run in which nothing ran has failed", async () => {
  expect((await outcome([])).code).toBe(1);
  expect((await outcome([step("set-up", NOTHING)])).code).toBe(1);
});

test("[SP4] in CI a skipped test is a failure, unless it names the vectors of nobody's clone", async () => {
  expect((await outcome([step("a", skipping("s"))], true)).code).toBe(1);
  const excused = [step("a", skipping("[VC1] skipped: no ../shared/vectors"))];
  expect((await outcome(excused, true)).code).toBe(0);
});

test("[SP5] a tool is one test, and is heard only when it says no", async () => {
  const printed: string[] = [];
  const tool = (command: string, ...args: readonly string[]) =>
    toolStep("tool", command, args, (text) => void printed.push(text)).run();
  expect(await tool("node", "-e", "console.log('fine')")).toEqual(PASSED);
  expect(printed).toEqual([]);
  expect(await tool("node", "-e", "console.log('wrong'); process.exitCode = 3")).toEqual(FAILED);
  expect(printed.join("")).toContain("wrong");
  expect(await tool("no-such-program")).toEqual(FAILED);
  expect(printed.join("")).toContain("no-such-program");
});

test("[SP6] a runner's own report and exit code are counted", async () => {
  const runner = (code: string) =>
    runnerStep({
      name: "runner",
      command: "node",
      args: (file) => ["-e", code, file],
      env: () => ({ WORDS: "written" }),
      count: (report, exitCode) => ({ ...NOTHING, passed: report.length, failed: exitCode }),
    }).run();
  const writes = "require('node:fs').writeFileSync(process.argv[1], process.env.WORDS);";
  expect(await runner(`${writes} process.exitCode = 2`)).toMatchObject({ passed: 7, failed: 2 });
  expect(await runner("")).toMatchObject({ passed: 0, failed: 0 });
});
