import type { Timers } from "../../../sync/clock/timers.ts";

type Alarm = { atMs: number; readonly order: number; readonly ring: () => void };

/** A clock that stands still until the test moves it. */
export class HeldTimers implements Timers {
  #nowMs: number;
  #order = 0;
  readonly #alarms = new Set<Alarm>();

  constructor(nowMs = 1_700_000_000_000) {
    this.#nowMs = nowMs;
  }

  /** How many timers wait. */
  get waiting(): number {
    return this.#alarms.size;
  }

  readonly now = (): number => this.#nowMs;

  readonly after = (ms: number, ring: () => void): (() => void) => {
    const alarm = { atMs: this.#nowMs + ms, order: this.#order++, ring };
    this.#alarms.add(alarm);
    return () => void this.#alarms.delete(alarm);
  };

  /** Rings everything that is due within `ms`, in order, and lets all that follows from it happen. */
  async advance(ms: number): Promise<void> {
    const untilMs = this.#nowMs + ms;
    await settled();
    for (let next = this.#next(untilMs); next !== undefined; next = this.#next(untilMs)) {
      this.#alarms.delete(next);
      this.#nowMs = next.atMs;
      next.ring();
      await settled();
    }
    this.#nowMs = untilMs;
  }

  /** The clock is set: nothing becomes due by it. */
  jump(ms: number): void {
    this.#nowMs += ms;
    for (const alarm of this.#alarms) alarm.atMs += ms;
  }

  /** What is due now and all that follows from it. */
  settle(): Promise<void> {
    return this.advance(0);
  }

  /** What `pending` comes to while the clock stands still. */
  async outcome<Value>(pending: Promise<Value>): Promise<Value> {
    const outcome: Value[] = [];
    void pending.then((value) => outcome.push(value));
    while (outcome.length === 0) await this.settle();
    return pending;
  }

  #next(untilMs: number): Alarm | undefined {
    return [...this.#alarms]
      .filter((alarm) => alarm.atMs <= untilMs)
      .toSorted((a, b) => a.atMs - b.atMs || a.order - b.order)[0];
  }
}

/** Every microtask, and the body streams of requests. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
