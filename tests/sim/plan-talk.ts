/** What people do who have nothing but each other: meet, write, read, change what was said. */
import type { Chance } from "./chance.ts";
import { BUSY_MS, DEEDS, type Step } from "./plan.ts";

export function meetings(chance: Chance, people: number, afterMs: number): readonly Step[] {
  const steps: Step[] = [];
  for (let who = 1; who < people; who += 1) {
    for (let to = 0; to < who; to += 1) {
      const atMs = afterMs + chance.below(BUSY_MS / 4);
      steps.push({ do: "meet", who, to, isAlone: chance.happens(0.5), atMs });
    }
  }
  return steps;
}

export function talk(chance: Chance, devices: number): readonly Step[] {
  const steps: Step[] = [];
  const writes = chance.between(4, 20);
  for (let n = 0; n < writes; n += 1) {
    const [who, to] = pairOf(chance, devices);
    const atMs = chance.below(BUSY_MS);
    steps.push({ do: "write", who, to, n, atMs });
    // People write in bursts, and at the same time.
    const burst = chance.happens(0.2) ? chance.between(1, 4) : 0;
    for (let i = 1; i <= burst; i += 1) {
      steps.push({ do: "write", who, to, n: n + 100 * i, atMs: atMs + chance.below(30) * i });
    }
  }
  const reads = chance.between(1, 6);
  for (let i = 0; i < reads; i += 1) {
    steps.push({ do: "read", who: chance.below(devices), atMs: chance.below(BUSY_MS) });
  }
  if (chance.happens(0.3)) {
    const [who, to] = pairOf(chance, devices);
    steps.push({ do: "type", who, to, atMs: chance.below(BUSY_MS) });
  }
  return steps;
}

/** Of the newest messages, so that both often do something with the same one. */
const NEWEST = 4;

export function deeds(chance: Chance, devices: number): readonly Step[] {
  const steps: Step[] = [];
  const count = chance.between(2, 14);
  for (let n = 0; n < count; n += 1) {
    const [who, to] = pairOf(chance, devices);
    const [deed, back] = [chance.pick([...DEEDS]), chance.below(NEWEST)];
    const atMs = chance.below(BUSY_MS);
    steps.push({ do: "change", who, to, back, deed, n, atMs });
    // The other one means the same message, at about the same time, and often something else.
    if (!chance.happens(0.4)) continue;
    const other = chance.happens(0.5) ? deed : chance.pick([...DEEDS]);
    const again = { who: to, to: who, back, deed: other, n: n + 100 };
    steps.push({ do: "change", ...again, atMs: atMs + chance.below(3_000) });
  }
  return steps;
}

export function pairOf(chance: Chance, devices: number): readonly [number, number] {
  const who = chance.below(devices);
  return [who, (who + chance.between(1, devices - 1)) % devices];
}
