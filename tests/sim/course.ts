/** The course of a world: how it begins, when nothing goes wrong any more, and how it becomes quiet. */
import { openOlder } from "./older.ts";
import type { Person } from "./person.ts";
import type { Plan } from "./plan.ts";
import { perform, setClock } from "./steps.ts";
import { Tracer } from "./tracer.ts";
import { UNOPENED_PATIENCE_MS, type Wrong, wrongIn } from "./verdict.ts";
import { type SavedWorld, World } from "./world.ts";

const LOOK_EVERY_MS = 1_000;
/** Longer than the pause between two receipts: who is in order for so long will not be told that it takes too long. */
const CALM_LOOKS = 12;
/** Longer than the pause between two HELLOs (heal/teller.ts). */
const QUIET_LOOKS = 66;
/** How long nothing may move afterwards. */
const STILL_MS = 15_000;
/** Everything is in order, and something goes on moving. */
const RESTLESS: Wrong = { what: "[INV15] it does not become still", patienceMs: 150_000 };
/** What is on its way while somebody looks puts nothing out of order. */
const PASSING_MS = 10_000;
/** However often something is in order for a moment. */
const QUIET_MS_MAX = 3_600_000;
const OPENING_MS_MAX = 1_500;
/** From the last fault until everybody says something, so that what was lost unnoticed is missed. */
const LAST_WORD_MS = 60_000;
/** Who lost everything is waited for so long. */
const RETURN_MS_MAX = 400_000;
/** No step has this number. */
const LAST = { n: 1_000_000, atMs: 0 };

export function worldOf(plan: Plan, from: SavedWorld | null, isTraced: boolean): World {
  const { seed, people, seconds, laterMs, steps, wickedness } = plan;
  const forks = steps.flatMap((it) => (it.do === "lie" && it.lie === "fork" ? [it.who] : []));
  const noted = steps.flatMap((it) => (it.do === "putBack" ? [it.who] : []));
  return new World({
    seed,
    from,
    people,
    seconds,
    laterMs,
    liars: new Set(forks),
    old: new Set(plan.old),
    noted: new Set(noted),
    openOld: openOlder,
    relays: wickedness.map((it) => it === 0),
    tracer: new Tracer(isTraced),
  });
}

export async function begin(world: World, plan: Plan): Promise<void> {
  const chance = world.chance("begin");
  for (const relay of world.relays) await relay.start();
  await world.remember();
  for (const [i, person] of world.people.entries()) {
    person.commitMs = plan.commitMs[i] ?? 0;
    const clock = plan.clocks[i];
    if (clock !== undefined) setClock(world, person, clock);
    world.kernel.after(chance.below(OPENING_MS_MAX), () => person.open());
  }
  world.hostility = plan.hostility;
  for (const [i, relay] of world.relays.entries()) relay.wickedness = plan.wickedness[i] ?? 0;
  const honest = world.relays.filter((it) => it.isHonest).length;
  if (honest > 0 && honest < world.relays.length) {
    world.happened("one relay lies, and another does not");
  }
  for (const step of plan.steps) world.kernel.after(step.atMs, () => perform(world, step));
}

/** Nothing goes wrong any more. */
export function calm(world: World): void {
  world.trace(() => "— nothing goes wrong any more");
  world.hostility = 0;
  for (const relay of world.relays) relay.calm();
  for (const person of world.people) {
    person.spare();
    person.isFull = false;
    person.isVisible = true;
    person.route = "up";
    person.steadyClock();
    person.open();
  }
}

/**
 * Of what nobody knows that it is missing one hears by the next word: of a group everybody hears from each
 * member, of a chat where the relay lied, somebody came back with a new device, or a device is out whose account may be in the group
 * no more, both sides.
 */
export async function lastWords(world: World, { family, profile }: Plan): Promise<void> {
  const { kernel, people, acquainted, evicted, isOut, present } = world;
  const isInChats = profile === "D" || evicted.length > 0 || (profile === "G" && isOut.size > 0);
  if (family === "pairs" && !isInChats) return;
  // Whoever is not back yet cannot be meant.
  for (let ms = 0; isAnyoneAway(world) && ms < RETURN_MS_MAX; ms += LOOK_EVERY_MS) {
    await world.run(LOOK_EVERY_MS);
  }
  const notes = people.map((it) => [it, it] as const);
  // `acquainted` names first devices, which may be the ones that are out.
  const inAccount = (who: Person): Person => present.find((it) => it.owner === who.owner) ?? who;
  const chats = acquainted
    .map(([a, b]) => [inAccount(a), inAccount(b)] as const)
    .flatMap(([a, b]) => [[a, b] as const, [b, a] as const]);
  const pairs = isInChats ? [...notes, ...chats] : [];
  kernel.after(LAST_WORD_MS, () => {
    for (const who of people) perform(world, { do: "say", who: people.indexOf(who), ...LAST });
    for (const [who, to] of pairs) {
      const step = { who: people.indexOf(who), to: people.indexOf(to), ...LAST };
      perform(world, { do: "write", ...step });
    }
  });
  await world.run(LAST_WORD_MS + 1);
}

const isAnyoneAway = ({ evicted, wishes, failure }: World): boolean =>
  evicted.length > 0 && wishes > 0 && failure === null;

/** Everything is in order, and for a moment nothing has moved. */
export async function becomeQuiet(world: World): Promise<number> {
  const sinceMs = world.kernel.now();
  let inOrderSinceMs = Infinity;
  let lastInOrderMs = sinceMs;
  let calmLooks = 0;
  let said = "";
  while (world.failure === null && calmLooks < QUIET_LOOKS) {
    const before = world.witness.activity;
    await world.run(LOOK_EVERY_MS);
    const isStill = world.witness.activity === before;
    // What was in order is so still, when nothing has moved.
    const wrong = isStill && calmLooks > 0 ? null : await wrongIn(world);
    const isCalm = wrong === null && isStill;
    if (wrong !== null && wrong.what !== said) world.trace(() => `— not yet: ${wrong.what}`);
    said = wrong?.what ?? "";
    calmLooks = isCalm ? calmLooks + 1 : 0;
    const nowMs = world.kernel.now();
    if (wrong === null) {
      inOrderSinceMs = Math.min(inOrderSinceMs, nowMs);
      lastInOrderMs = nowMs;
    } else if (nowMs - lastInOrderMs >= PASSING_MS) inOrderSinceMs = Infinity;
    const waitedMs = nowMs - (wrong === null ? inOrderSinceMs : lastInOrderMs);
    const { what, patienceMs } = wrong ?? restlessIn(world);
    const isTooLate = waitedMs >= patienceMs || nowMs - sinceMs >= QUIET_MS_MAX;
    const isOver = calmLooks < CALM_LOOKS && isTooLate;
    // Of a forked log one goes on asking for what nobody can have, at ever longer pauses.
    if (isOver && wrong === null && !world.people.every(world.isHonest)) break;
    if (isOver) world.fail(what);
  }
  return world.kernel.now() - sinceMs;
}

export async function stayStill(world: World): Promise<void> {
  let more = await movesIn(world, STILL_MS);
  if (more > 0 && isAskedLong(world)) {
    await world.run(UNOPENED_PATIENCE_MS);
    if (isMisled(world)) world.fail("[INV13] what a lying relay misdelivered is held for ever");
    more = await movesIn(world, STILL_MS);
  }
  if (more > 0 && world.people.every(world.isHonest))
    world.fail(`[INV15] ${more} things went on moving in a quiet world`);
  let wrong = await wrongIn(world);
  // Where one goes on asking, something may be on its way.
  const patienceMs = more > 0 ? PASSING_MS : 0;
  for (let ms = 0; wrong !== null && ms < patienceMs; ms += LOOK_EVERY_MS) {
    await world.run(LOOK_EVERY_MS);
    wrong = await wrongIn(world);
  }
  if (wrong !== null) world.fail(`${wrong.what}, after it was in order`);
}

const restlessIn = (world: World): Wrong =>
  isAskedLong(world) ? { ...RESTLESS, patienceMs: UNOPENED_PATIENCE_MS } : RESTLESS;

/** What the relay or a storage lost, and what opens what was misdelivered, is asked for at ever longer pauses ([HE4]). */
const isAskedLong = ({ areRelaysHonest, evicted, witness }: World): boolean =>
  !areRelaysHonest || evicted.length > 0 || witness.isAnythingLost();

async function movesIn(world: World, ms: number): Promise<number> {
  const before = world.witness.activity;
  await world.run(ms);
  return world.witness.activity - before;
}

/** Does somebody hold what a lying relay brought them, and nobody's chain opens? */
const isMisled = ({ areRelaysHonest, people, witness }: World): boolean =>
  !areRelaysHonest && people.some(({ name }) => witness.holdsBack(name) > 0);
