/**
 * `npm run sim -- --seeds N --base B --profile P|all`: runs N worlds from seed B on, each in every chosen
 * profile, in threads. Prints what failed, what happened how often, and last `sim: N seeds, F failed`.
 * `--mutant NAME` plants a fault first; `--explain no` leaves failures as they are.
 */
import { spawnSync } from "node:child_process";
import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { Worker } from "node:worker_threads";

import { type Profile, PROFILES } from "./plan.ts";
import { neverHappened } from "./situations.ts";
import type { Job, Told } from "./worker.ts";

const THREADS_MAX = 4;
/** Fewer seeds need not have seen everything. */
const SITUATION_SEEDS_MIN = 300;
/** Failures of which the story is told; the others are counted. */
const STORIES_MAX = 3;

const say = (line: string): void => void process.stdout.write(`${line}\n`);

type Wish = {
  readonly seeds: readonly number[];
  readonly profiles: readonly Profile[];
  readonly mutant: string | null;
  readonly explain: boolean;
};

/** Undefined: not to be understood. */
function wishOf(args: readonly string[]): Wish | undefined {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        seeds: { type: "string", default: "300" },
        base: { type: "string", default: "0" },
        profile: { type: "string", default: "all" },
        mutant: { type: "string" },
        explain: { type: "string", default: "yes" },
      },
    });
    const [count, base] = [Number(values.seeds), Number(values.base)];
    const profiles = PROFILES.filter((it) => values.profile === "all" || values.profile === it);
    const isSensible =
      Number.isSafeInteger(count) && count > 0 && Number.isSafeInteger(base + count) && base >= 0;
    if (!isSensible || profiles.length === 0) return undefined;
    const seeds = Array.from({ length: count }, (_, i) => base + i);
    return { seeds, profiles, mutant: values.mutant ?? null, explain: values.explain !== "no" };
  } catch {
    return undefined;
  }
}

async function main(): Promise<number> {
  const wish = wishOf(process.argv.slice(2));
  if (wish === undefined) {
    say("usage: sim --seeds N --base B --profile A|B|C|all [--mutant NAME] [--explain no]");
    say("sim: 0 seeds, 0 failed");
    return 2;
  }
  const { seeds, profiles } = wish;
  const startedAtMs = Date.now();
  const told = await runAll(jobsOf(wish));
  const isBroken = told.length < seeds.length * profiles.length;
  if (isBroken) say(`only ${told.length} runs came to an end`);
  const never = report(wish, told);
  const failed = new Set(told.filter((it) => it.failure !== null).map((it) => it.seed)).size;
  const seconds = (Date.now() - startedAtMs) / 1_000;
  say(`${told.length} runs in ${seconds.toFixed(1)} s`);
  say(`sim: ${seeds.length} seeds, ${failed} failed`);
  return failed > 0 || isBroken || never.length > 0 ? 1 : 0;
}

/** Templates are built once a thread, so neighbours of one profile stay together. */
function jobsOf({ profiles, seeds, mutant, explain }: Wish): Job[] {
  const parts = Math.min(threads(), seeds.length);
  const size = Math.ceil(seeds.length / parts);
  return profiles.flatMap((profile) =>
    Array.from({ length: parts }, (_, i) => ({
      profile,
      mutant,
      seeds: seeds.slice(i * size, (i + 1) * size),
      explain,
    })).filter((job) => job.seeds.length > 0),
  );
}

const threads = (): number => Math.max(1, Math.min(THREADS_MAX, availableParallelism()));

async function runAll(jobs: Job[]): Promise<readonly Told[]> {
  const told: Told[] = [];
  const work = async (): Promise<void> => {
    for (let job = jobs.shift(); job !== undefined; job = jobs.shift()) {
      told.push(...(await runJob(job)));
    }
  };
  await Promise.all(Array.from({ length: threads() }, work));
  return told.toSorted((a, b) => a.seed - b.seed || (a.profile < b.profile ? -1 : 1));
}

function runJob(job: Job): Promise<readonly Told[]> {
  const { promise, resolve } = Promise.withResolvers<readonly Told[]>();
  const told: Told[] = [];
  const worker = new Worker(new URL("./worker.ts", import.meta.url), { workerData: job });
  worker.on("message", (it: Told) => told.push(it));
  worker.on("error", (error) => say(`profile ${job.profile} broke off: ${error.stack ?? ""}`));
  worker.on("exit", () => resolve(told));
  return promise;
}

/** Answers what should have happened and did not. */
function report({ profiles, seeds }: Wish, told: readonly Told[]): readonly string[] {
  const failures = told.filter((it) => it.failure !== null);
  const commit = failures.length === 0 ? "" : commitNow();
  for (const [i, { seed, profile, failure, story }] of failures.entries()) {
    say(`FAILED seed ${seed}, profile ${profile}, commit ${commit}: ${failure}`);
    if (i < STORIES_MAX) for (const line of story) say(`  ${line}`);
    say(`  again: npm run sim -- --seeds 1 --base ${seed} --profile ${profile}`);
  }
  const never: string[] = [];
  for (const profile of profiles) {
    const here = told.filter((it) => it.profile === profile);
    const happened = sumOf(here.map((it) => it.situations));
    const events = here.reduce((sum, it) => sum + it.events, 0);
    const quietS = Math.max(0, ...here.map((it) => it.quietMs)) / 1_000;
    say(
      `profile ${profile}: ${here.length} runs, ${events} events, quiet after ${quietS} s at most`,
    );
    for (const name of [...happened.keys()].toSorted((a, b) => (a < b ? -1 : 1))) {
      say(`  ${happened.get(name)} x ${name}`);
    }
    if (seeds.length < SITUATION_SEEDS_MIN) continue;
    for (const situation of neverHappened(profile, happened)) {
      say(`  NEVER: ${situation}`);
      never.push(situation);
    }
  }
  return never;
}

/** A downloaded archive has no history, and its machine perhaps no git. */
function commitNow(): string {
  const { status, stdout } = spawnSync("git", ["rev-parse", "--short=12", "HEAD"], {
    encoding: "utf8",
  });
  return status === 0 ? stdout.trim() : "unknown";
}

function sumOf(maps: readonly ReadonlyMap<string, number>[]): ReadonlyMap<string, number> {
  const sum = new Map<string, number>();
  for (const map of maps) {
    for (const [name, times] of map) sum.set(name, (sum.get(name) ?? 0) + times);
  }
  return sum;
}

process.exitCode = await main();
