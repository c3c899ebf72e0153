/** Times of synchronous work, in microseconds. What is too short to be timed alone is timed in runs. */
import { median } from "./figure.ts";

const RUNS = 21;
/** The first runs are the interpreter's. */
const WARM_RUNS = 5;

/** Median over runs of the mean time of one of `count` calls in a run. */
export function microsecondsEach(count: number, work: (at: number) => void): number {
  const times: number[] = [];
  for (let run = 0; run < WARM_RUNS + RUNS; run++) {
    const fromMs = performance.now();
    for (let i = 0; i < count; i++) work(run * count + i);
    if (run >= WARM_RUNS) times.push(((performance.now() - fromMs) * 1_000) / count);
  }
  return median(times);
}
