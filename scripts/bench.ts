/**
 * `npm run bench -- --json FILE` measures what tests/bench/*.bench.ts measure, prints a table and
 * writes {commit, node, machine, figures}. These are figures, not tests: one over its budget is
 * shown and does not fail the run; a module that cannot measure does.
 */
import { readdir, writeFile } from "node:fs/promises";
import { arch, cpus, platform, release, totalmem } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";

import { buildApp } from "./build-app.ts";
import { ROOT, runChild } from "./child.ts";

export type Figure = {
  /** Stable, so that runs of different commits can be compared. */
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** What the primitives or the bytes alone come to that no code goes below, where that is known. */
  readonly limit?: number;
  /** The most that `value` may be; null: nothing was promised. */
  readonly budget: number | null;
  /** Is the budget kept? Null without one. */
  readonly held: boolean | null;
};

/** What each tests/bench/*.bench.ts exports. */
type BenchModule = { readonly figures: () => Promise<readonly Figure[]> };

const FOLDER = join(ROOT, "tests/bench");

async function commit(): Promise<string> {
  const head = await runChild("git", ["rev-parse", "HEAD"]);
  // A downloaded archive has no history, and its machine perhaps no git.
  if (head.code !== 0) return "unknown";
  const changed = await runChild("git", ["status", "--porcelain"]);
  return head.output.trim() + (changed.output === "" ? "" : "+changes");
}

function machine(): string {
  const processors = cpus();
  const gibibytes = Math.round(totalmem() / 2 ** 30);
  const processor = processors[0]?.model.trim() ?? "unknown processor";
  return `${processors.length} x ${processor}, ${gibibytes} GiB, ${platform()} ${release()} ${arch()}`;
}

/** Each module on its own, one after the other: two at once would measure each other. */
async function measure(
  files: readonly string[],
): Promise<{ readonly figures: readonly Figure[]; readonly isWhole: boolean }> {
  const figures: Figure[] = [];
  let isWhole = files.length > 0;
  for (const file of files) {
    process.stderr.write(`— ${file}\n`);
    try {
      const bench = (await import(join(FOLDER, file))) as BenchModule;
      figures.push(...(await bench.figures()));
    } catch (error) {
      isWhole = false;
      process.stderr.write(`${file} could not measure: ${String(error)}\n`);
    }
  }
  process.stdout.write(tableOf(figures));
  return { figures, isWhole };
}

export function tableOf(figures: readonly Figure[]): string {
  const said = (value: number, unit: string): string => `${Number(value.toPrecision(4))} ${unit}`;
  const rows = figures.map(({ name, value, unit, limit, budget, held }) => [
    name,
    said(value, unit),
    limit === undefined ? "" : said(limit, unit),
    budget === null ? "" : `<= ${said(budget, unit)}`,
    held === null ? "" : held ? "held" : "OVER",
  ]);
  const table = [["figure", "value", "limit", "budget", ""], ...rows];
  const widths = [0, 1, 2, 3].map((at) => Math.max(...table.map((row) => row[at]?.length ?? 0)));
  const line = (row: readonly string[]): string =>
    row.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join("  ");
  return `${table.map((row) => line(row).trimEnd()).join("\n")}\n`;
}

async function main(): Promise<number> {
  const { values } = parseArgs({ options: { json: { type: "string" } } });
  if (!(await buildApp())) return 1;
  const files = (await readdir(FOLDER)).filter((name) => name.endsWith(".bench.ts")).toSorted();
  const { figures, isWhole } = await measure(files);
  if (values.json !== undefined) {
    const report = { commit: await commit(), node: process.version, machine: machine(), figures };
    await writeFile(resolve(values.json), `${JSON.stringify(report, null, 2)}\n`);
  }
  return isWhole ? 0 : 1;
}

if (import.meta.main) process.exitCode = await main();
