/** Runs steps one after the other, shows each one's time, and ends with one line that adds up. */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { runChild } from "./child.ts";
import { type Count, FAILED, PASSED, sumOf } from "./count.ts";

export type Step = { readonly name: string; readonly run: () => Promise<Count> };

/** The one reason to skip that CI accepts: the published vectors are no part of a plain clone. */
const EXCUSE = "../shared/vectors";

type Print = (text: string) => void;

const toScreen: Print = (text) => void process.stdout.write(text);

type Surroundings = {
  readonly print?: Print;
  readonly isCi?: boolean;
};

/**
 * All steps run, whatever failed before, so that one run tells everything. Returns the exit code:
 * not 0 when anything failed, when nothing ran, or when CI skipped a test.
 */
export async function runSteps(
  steps: readonly Step[],
  { print = toScreen, isCi = process.env["CI"] !== undefined }: Surroundings = {},
): Promise<number> {
  const counts: Count[] = [];
  const rows: string[] = [];
  const startedAtMs = performance.now();
  for (const { name, run } of steps) {
    print(`\n— ${name}\n`);
    const stepAtMs = performance.now();
    const count = await run();
    const row = `${count.failed === 0 ? "ok    " : "FAILED"} ${name.padEnd(12)}`;
    counts.push(count);
    rows.push(`${row}${seconds(stepAtMs).padStart(8)}  ${inWords(count)}`);
    print(`${rows.at(-1)}\n`);
  }
  const total = sumOf(counts);
  const unexcused = total.skippedNames.filter((name) => !name.includes(EXCUSE));
  print(`\n${rows.join("\n")}\nin ${seconds(startedAtMs)}\n`);
  for (const name of total.skippedNames) print(`skipped: ${name}\n`);
  if (isCi && unexcused.length > 0) print("In CI a skipped test is a failure.\n");
  print(`${inWords(total)}\n`);
  const ran = total.passed + total.failed > 0;
  return ran && total.failed === 0 && !(isCi && unexcused.length > 0) ? 0 : 1;
}

const inWords = ({ passed, failed, skipped }: Count): string =>
  `${passed} passed, ${failed} failed, ${skipped} skipped`;

const seconds = (sinceMs: number): string =>
  `${((performance.now() - sinceMs) / 1000).toFixed(1)} s`;

/** A tool that says yes or no: one test. Its words are shown when it says no. */
export function toolStep(
  name: string,
  command: string,
  args: readonly string[],
  print: Print = toScreen,
): Step {
  return {
    name,
    run: async () => {
      const { code, output } = await runChild(command, args);
      if (code !== 0) print(`${output}\n`);
      return code === 0 ? PASSED : FAILED;
    },
  };
}

type RunnerStep = {
  readonly name: string;
  readonly command: string;
  /** Makes the runner write its JSON report to `file`, by arguments or by environment. */
  readonly args: (file: string) => readonly string[];
  readonly env: (file: string) => Readonly<Record<string, string>>;
  readonly count: (report: string, exitCode: number) => Count;
};

/** A runner of many tests, which leaves a JSON report. */
export function runnerStep({ name, command, args, env, count }: RunnerStep): Step {
  return {
    name,
    run: async () => {
      const folder = await mkdtemp(join(tmpdir(), "kith-report-"));
      const file = join(folder, "report.json");
      const { code } = await runChild(command, args(file), { env: env(file), show: true });
      const written = await readFile(file, "utf8").catch(() => "");
      await rm(folder, { recursive: true });
      return count(written, code);
    },
  };
}
