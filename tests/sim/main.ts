/**
 * `npm run sim -- --seeds N --base B --profile P|all|turn`: runs N worlds from seed B on, in threads: all in
 * profile P, or each in every profile, or each in one of them in turn
 * (TURNS_OF_PROFILES). Prints what failed, what happened how often, and last `sim: N seeds, F failed`.
 * `--base tree` takes the base from what is committed: the same files have the same seeds in whatever
 * commit they are. `--mutant NAME` plants a fault first; `--explain no` leaves failures as they are.
 */
import { spawnSync } from "node:child_process";
import { parseArgs } from "node:util";

import { runTasks, type Task } from "./fleet.ts";
import { SHORT_SEEDS } from "./make-plan.ts";
import { type Profile, PROFILES, TURNS_OF_PROFILES } from "./plan.ts";
import { neverHappened } from "./situations.ts";
import type { Told } from "./worker.ts";

/** Fewer seeds of a profile need not have seen everything. */
const SITUATION_SEEDS_MIN = 150;
/** 36 bits of the name of HEAD's tree, beyond all seeds that tell long stories (make-plan.ts). */
const BASE_DIGITS = 9;
/** Failures of which the story is told; the others are counted. */
const STORIES_MAX = 3;

const say = (line: string): void => void process.stdout.write(`${line}\n`);

type Wish = {
  readonly seeds: readonly number[];
  readonly profiles: readonly Profile[];
  readonly mutant: string | null;
  readonly explain: boolean;
  /** Each seed in one of the profiles, not in all. */
  readonly isInTurn: boolean;
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
    const base = values.base === "tree" ? baseOfTree() : Number(values.base);
    const count = Number(values.seeds);
    const isInTurn = values.profile === "turn";
    const isEvery = values.profile === "all" || isInTurn;
    const profiles = PROFILES.filter((it) => isEvery || values.profile === it);
    const isSensible =
      Number.isSafeInteger(count) && count > 0 && Number.isSafeInteger(base + count) && base >= 0;
    if (!isSensible || profiles.length === 0) return undefined;
    const seeds = Array.from({ length: count }, (_, i) => base + i);
    const explain = values.explain !== "no";
    return { seeds, profiles, mutant: values.mutant ?? null, explain, isInTurn };
  } catch {
    return undefined;
  }
}

async function main(): Promise<number> {
  const wish = wishOf(process.argv.slice(2));
  if (wish === undefined) {
    say(
      "usage: sim --seeds N --base B|tree --profile A|…|H|all|turn [--mutant NAME] [--explain no]",
    );
    say("sim: 0 seeds, 0 failed");
    return 2;
  }
  const { seeds, mutant, explain } = wish;
  say(`from seed ${seeds[0]} on`);
  const startedAtMs = Date.now();
  const tasks = tasksOf(wish);
  const broke = (what: string): void => say(`a thread broke off: ${what}`);
  const told = await runTasks({ tasks, mutant, explain, broke });
  const isBroken = told.length < tasks.length;
  if (isBroken) say(`only ${told.length} runs came to an end`);
  const never = report(wish, told);
  const failed = new Set(told.filter((it) => it.failure !== null).map((it) => it.seed)).size;
  const seconds = (Date.now() - startedAtMs) / 1_000;
  say(`${told.length} runs in ${seconds.toFixed(1)} s`);
  say(`sim: ${seeds.length} seeds, ${failed} failed`);
  return failed > 0 || isBroken || never.length > 0 ? 1 : 0;
}

const tasksOf = ({ seeds, profiles, isInTurn }: Wish): readonly Task[] =>
  seeds.flatMap((seed) =>
    profiles
      .filter((it) => !isInTurn || it === TURNS_OF_PROFILES[seed % TURNS_OF_PROFILES.length])
      .map((profile) => ({ seed, profile })),
  );

/** Answers what should have happened and did not. */
function report({ profiles, isInTurn }: Wish, told: readonly Told[]): readonly string[] {
  const failures = told.filter((it) => it.failure !== null);
  const commit = failures.length === 0 ? "" : git("rev-parse", "--short=12", "HEAD");
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
    if (here.length < SITUATION_SEEDS_MIN) continue;
    // In turn a profile has few worlds, and new ones each time: what is rare in it came up in one of the others.
    const inAny = isInTurn ? sumOf(told.map((it) => it.situations)) : happened;
    for (const situation of neverHappened(profile, inAny)) {
      say(`  NEVER: ${situation}`);
      never.push(situation);
    }
  }
  return never;
}

/** A downloaded archive has no history, and its machine perhaps no git. */
function git(...args: readonly string[]): string {
  const { status, stdout } = spawnSync("git", args, { encoding: "utf8" });
  return status === 0 ? stdout.trim() : "unknown";
}

/** The first of them where there is no history. */
const baseOfTree = (): number =>
  SHORT_SEEDS + (Number.parseInt(git("rev-parse", "HEAD^{tree}").slice(0, BASE_DIGITS), 16) || 0);

function sumOf(maps: readonly ReadonlyMap<string, number>[]): ReadonlyMap<string, number> {
  const sum = new Map<string, number>();
  for (const map of maps) {
    for (const [name, times] of map) sum.set(name, (sum.get(name) ?? 0) + times);
  }
  return sum;
}

process.exitCode = await main();
