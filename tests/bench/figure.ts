/** What a bench module says: `figures(): Promise<readonly Figure[]>`, one each for what it measures. */
import { assert } from "../../crypto/base/assert.ts";
import type { Figure } from "../../scripts/bench.ts";

export type { Figure };

export function figure(
  name: string,
  value: number,
  unit: string,
  budget: number | null = null,
): Figure {
  assert(Number.isFinite(value), `${name} was not measured`);
  return { name, value, unit, budget, held: budget === null ? null : value <= budget };
}

/** The smallest sample that at least `percent` (above 0, up to 100) of them do not exceed. */
export function percentile(samples: readonly number[], percent: number): number {
  assert(percent > 0 && percent <= 100, "percent is above 0 and up to 100");
  const sorted = samples.toSorted((a, b) => a - b);
  const value = sorted[Math.ceil((sorted.length * percent) / 100) - 1];
  assert(value !== undefined, "there are samples");
  return value;
}

export const median = (samples: readonly number[]): number => percentile(samples, 50);
