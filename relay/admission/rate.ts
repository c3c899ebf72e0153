/**
 * Rate limits by GCRA (the leaky bucket as a meter, ITU-T I.371): one number a key, the theoretical
 * arrival time. Soft state with a bound; forgetting a key only means that it may start again.
 */
import { RATE_KEYS_MAX } from "../limits.ts";

/** No honest meter runs further ahead than this; one that does is from before a jump of the clock. */
const AHEAD_MS_MAX = 600_000;

export type Rate = {
  readonly perSecond: number;
  /** What may come at once after silence. */
  readonly burst: number;
};

export class RateLimiter<Key> {
  readonly #rate: Rate;
  readonly #keysMax: number;
  readonly #arrivalByKey = new Map<Key, number>();

  constructor(rate: Rate, keysMax = RATE_KEYS_MAX) {
    this.#rate = rate;
    this.#keysMax = keysMax;
  }

  /** 0 when `cost` may pass now (and is counted), else the milliseconds to wait (and is not). */
  take(key: Key, cost: number, nowMs: number): number {
    const meter = takeFrom(this.#rate, this.#arrivalByKey.get(key) ?? 0, cost, nowMs);
    if (meter.waitMs > 0) return meter.waitMs;
    this.#arrivalByKey.delete(key);
    this.#arrivalByKey.set(key, meter.arrivalMs);
    if (this.#arrivalByKey.size > this.#keysMax) this.#forget(nowMs);
    return 0;
  }

  /** Map order is the order of the last use: the first are the idlest. */
  #forget(nowMs: number): void {
    for (const [key, arrivalMs] of this.#arrivalByKey) {
      const isOver = this.#arrivalByKey.size > this.#keysMax;
      if (!isOver && arrivalMs > nowMs) return;
      this.#arrivalByKey.delete(key);
    }
  }
}

/**
 * One step of the meter. A single piece larger than the burst passes when the bucket is empty. An
 * arrival time from before a jump of the clock back is forgotten.
 */
export function takeFrom(
  rate: Rate,
  arrivalMs: number,
  cost: number,
  nowMs: number,
): { readonly waitMs: number; readonly arrivalMs: number } {
  const toleranceMs = (rate.burst * 1_000) / rate.perSecond;
  const stepMs = (cost * 1_000) / rate.perSecond;
  const isSane = arrivalMs <= nowMs + toleranceMs + AHEAD_MS_MAX;
  const startMs = isSane ? Math.max(arrivalMs, nowMs) : nowMs;
  const waitMs = startMs + Math.min(stepMs, toleranceMs) - toleranceMs - nowMs;
  return waitMs > 0
    ? { waitMs: Math.ceil(waitMs), arrivalMs }
    : { waitMs: 0, arrivalMs: startMs + stepMs };
}
