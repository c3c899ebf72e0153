/** What people do who have several devices and a group. */
import type { Chance } from "./chance.ts";
import { pairOf } from "./plan-talk.ts";
import { BUSY_MS, type Policy, type Step, type Turn } from "./plan.ts";

const POLICIES: readonly Policy[] = ["none", "week", "all"];
/** Unless something goes wrong, devices are linked by then, and … */
export const LINKED_AFTER_MS = BUSY_MS / 4;
/** … everybody has met everybody. */
const FOUND_AFTER_MS = BUSY_MS * 0.6;

/** Second devices are linked, and somebody makes a group of all contacts. */
export function assembly(
  chance: Chance,
  people: number,
  seconds: readonly number[],
): readonly Step[] {
  const links = seconds.map((who, i): Step => {
    return { do: "link", who, to: people + i, atMs: chance.below(LINKED_AFTER_MS / 2) };
  });
  const policy = chance.pick(POLICIES);
  const found: Step = { do: "found", who: chance.below(people), policy, atMs: FOUND_AFTER_MS };
  return [...links, found];
}

export function groupTalk(chance: Chance, devices: number): readonly Step[] {
  const writes = chance.between(3, 12);
  return Array.from({ length: writes }, (_, n) => ({
    do: "say",
    who: chance.below(devices),
    n,
    atMs: chance.below(BUSY_MS),
  }));
}

const TURNS: readonly (readonly [weight: number, Turn])[] = [
  [4, "add"],
  [4, "remove"],
  [2, "promote"],
  [1, "demote"],
  [1, "leave"],
  [2, "rename"],
];

/** People come, go, and are given other roles, often several at the same time. */
export function upheaval(
  chance: Chance,
  devices: number,
  people: number,
  isMuch: boolean,
): readonly Step[] {
  const lots = TURNS.flatMap(([weight, turn]) => Array.from({ length: weight }, () => turn));
  const steps: Step[] = [];
  const count = isMuch ? chance.between(3, 14) : chance.between(0, 4);
  for (let n = 0; n < count; n += 1) {
    const [who, other] = pairOf(chance, devices);
    const atMs = chance.below(BUSY_MS);
    const turn = chance.pick(lots);
    steps.push({ do: "turn", who, whom: other % people, turn, n, atMs });
    if (!chance.happens(0.4)) continue;
    const [rival, victim] = pairOf(chance, devices);
    const again = { who: rival, whom: victim % people, turn: chance.pick(lots), n: n + 100 };
    steps.push({ do: "turn", ...again, atMs: atMs + chance.below(2_000) });
  }
  return steps;
}
