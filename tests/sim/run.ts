/** One seed, from its plan to its verdict. */
import { BUSY_MS, type Plan, planOf, type Profile, templatePlan } from "./plan.ts";
import { perform, setClock } from "./steps.ts";
import { Tracer } from "./tracer.ts";
import { type Wrong, wrongIn } from "./verdict.ts";
import { type SavedWorld, World } from "./world.ts";

const LOOK_EVERY_MS = 1_000;
/** Longer than the pause between two receipts. */
const CALM_LOOKS = 3;
/** How long nothing may move afterwards. */
const STILL_MS = 15_000;
/** Everything is in order, and something goes on moving. */
const RESTLESS: Wrong = { what: "[INV15] it does not become still", patienceMs: 150_000 };
const OPENING_MS_MAX = 1_500;

export type Outcome = {
  readonly plan: Plan;
  /** Null: every promise was kept. */
  readonly failure: string | null;
  readonly events: number;
  /** Of everything that happened; equal for equal plans. */
  readonly hash: number;
  readonly quietMs: number;
  readonly situations: ReadonlyMap<string, number>;
  readonly trace: readonly string[];
};

/** What nobody awaited and failed: a bug of the seed that runs. */
const strays: unknown[] = [];
process.on("unhandledRejection", (error) => void strays.push(error));

/** Or why it could not be made. */
const templates = new Map<number, Promise<SavedWorld | string>>();

export const runSeed = (seed: number, profile: Profile): Promise<Outcome> =>
  runPlan(planOf(seed, profile), false);

export async function runPlan(plan: Plan, isTraced: boolean): Promise<Outcome> {
  const from = plan.template === null ? null : await templateOf(plan.template);
  if (typeof from === "string") return failedBefore(plan, from);
  const { seed, people, laterMs } = plan;
  const world = new World({ seed, from, people, laterMs, tracer: new Tracer(isTraced) });
  await begin(world, plan);
  await world.run(BUSY_MS);
  calm(world);
  const quietMs = await becomeQuiet(world);
  if (world.failure === null) await stayStill(world);
  for (const stray of strays.splice(0)) world.fail(`[INV0] nobody caught ${String(stray)}`);
  return {
    plan,
    failure: world.failure,
    events: world.kernel.events,
    hash: world.kernel.trace,
    quietMs,
    situations: world.situations,
    trace: world.tracer.lines,
  };
}

async function begin(world: World, plan: Plan): Promise<void> {
  const chance = world.chance("begin");
  await world.startRelay();
  await world.remember();
  for (const [i, person] of world.people.entries()) {
    person.commitMs = plan.commitMs[i] ?? 0;
    const clock = plan.clocks[i];
    if (clock !== undefined) setClock(world, person, clock);
    world.kernel.after(chance.below(OPENING_MS_MAX), () => person.open());
  }
  world.hostility = plan.hostility;
  for (const step of plan.steps) world.kernel.after(step.atMs, () => perform(world, step));
}

/** Nothing goes wrong any more. */
function calm(world: World): void {
  world.trace(() => "— nothing goes wrong any more");
  world.hostility = 0;
  world.isRelayDoomed = false;
  world.disk.isFailing = false;
  void world.startRelay();
  for (const person of world.people) {
    person.spare();
    person.isFull = false;
    person.isVisible = true;
    person.route = "up";
    person.steadyClock();
    person.open();
  }
}

/** Everything is in order, and for a moment nothing has moved. */
async function becomeQuiet(world: World): Promise<number> {
  const sinceMs = world.kernel.now();
  let inOrderSinceMs = Infinity;
  let calmLooks = 0;
  while (world.failure === null && calmLooks < CALM_LOOKS) {
    const before = world.witness.activity;
    await world.run(LOOK_EVERY_MS);
    const wrong = await wrongIn(world);
    const isCalm = wrong === null && world.witness.activity === before;
    calmLooks = isCalm ? calmLooks + 1 : 0;
    inOrderSinceMs = wrong === null ? Math.min(inOrderSinceMs, world.kernel.now()) : Infinity;
    const waitedMs = world.kernel.now() - (wrong === null ? inOrderSinceMs : sinceMs);
    const { what, patienceMs } = wrong ?? RESTLESS;
    if (calmLooks === 0 && waitedMs >= patienceMs) world.fail(what);
  }
  return world.kernel.now() - sinceMs;
}

async function stayStill(world: World): Promise<void> {
  const before = world.witness.activity;
  await world.run(STILL_MS);
  const more = world.witness.activity - before;
  if (more > 0) world.fail(`[INV15] ${more} things went on moving in a quiet world`);
  const wrong = await wrongIn(world);
  if (wrong !== null) world.fail(`${wrong.what}, after it was in order`);
}

/** Not even the world to begin from came to be. */
const failedBefore = (plan: Plan, failure: string): Outcome => ({
  plan,
  failure,
  events: 0,
  hash: 0,
  quietMs: 0,
  situations: new Map(),
  trace: [],
});

function templateOf(n: number): Promise<SavedWorld | string> {
  const known = templates.get(n) ?? buildTemplate(n);
  templates.set(n, known);
  return known;
}

/** People who know each other and have talked, made by the real code on a kind way. */
async function buildTemplate(n: number): Promise<SavedWorld | string> {
  const plan = templatePlan(n);
  const { seed, people, laterMs } = plan;
  const world = new World({ seed, from: null, people, laterMs, tracer: new Tracer(false) });
  await begin(world, plan);
  await world.run(BUSY_MS);
  await becomeQuiet(world);
  return world.failure === null ? world.save() : `${world.failure}, in template ${n}`;
}
