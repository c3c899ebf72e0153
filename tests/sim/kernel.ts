/**
 * Virtual time: a heap of events, one clock, one source of chance. Everything that the device and the
 * relay do runs inside an event, to its end, before the next one begins, so a seed decides everything.
 */
import { assert } from "../../crypto/base/assert.ts";
import type { Random } from "../../crypto/base/random.ts";
import type { Timers } from "../../sync/clock/timers.ts";

type Event = { readonly atMs: number; readonly n: number; readonly run: () => void };

/** Small fast counter (sfc32, Chris Doty-Humphrey, PractRand): 128 bits of state, passes BigCrush. */
export class Chance {
  #a: number;
  #b = 0x9e37_79b9 | 0;
  #c = 0x243f_6a88 | 0;
  #d = 1;

  constructor(seed: number) {
    this.#a = seed | 0;
    for (let i = 0; i < 16; i += 1) this.u32();
  }

  u32(): number {
    const t = (((this.#a + this.#b) | 0) + this.#d) | 0;
    this.#d = (this.#d + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = ((this.#c << 21) | (this.#c >>> 11)) + t;
    return t >>> 0;
  }

  /** [0, 1). */
  fraction(): number {
    return this.u32() / 2 ** 32;
  }

  /** 0 to n - 1. */
  below(n: number): number {
    return this.u32() % n;
  }

  happens(probability: number): boolean {
    return this.fraction() < probability;
  }

  pick<T>(from: readonly T[]): T {
    const picked = from[this.below(from.length)];
    assert(picked !== undefined, "something to pick from");
    return picked;
  }

  readonly bytes: Random = (length) => {
    const bytes = new Uint8Array(length);
    for (let i = 0; i < length; i += 1) bytes[i] = this.u32();
    return bytes;
  };
}

/** 2026-01-01, so that dates in traces look like dates. */
export const EPOCH_MS = 1_767_225_600_000;

export class Kernel {
  readonly chance: Chance;
  #nowMs = EPOCH_MS;
  #n = 0;
  #events = 0;
  #trace = 0;
  #busy = 0;
  readonly #heap: Event[] = [];

  constructor(seed: number) {
    this.chance = new Chance(seed);
  }

  readonly now = (): number => this.#nowMs;

  /** How many events ran, and a hash of their order: equal for equal seeds. */
  get events(): number {
    return this.#events;
  }
  get trace(): number {
    return this.#trace;
  }

  /** Adds what happened to the trace's hash. */
  readonly note = (value: number): void => {
    this.#trace = (Math.imul(this.#trace, 31) + (value | 0)) | 0;
  };

  readonly after = (ms: number, run: () => void): (() => void) => {
    let live = true;
    this.#push({
      atMs: this.#nowMs + Math.max(0, ms),
      n: this.#n++,
      run: () => {
        if (live) run();
      },
    });
    return () => {
      live = false;
    };
  };

  /** A device's clock: the true one with a skew that may change. */
  readonly timers = (skewMs: () => number = () => 0): Timers => ({
    now: () => Math.floor(this.#nowMs + skewMs()),
    after: this.after,
  });

  /** Work that leaves the microtask queue (HTTP bodies): no event runs before it has settled. */
  readonly during = async <T>(work: Promise<T>): Promise<T> => {
    this.#busy += 1;
    try {
      return await work;
    } finally {
      this.#busy -= 1;
    }
  };

  /** Runs everything that is due within `ms` from now. */
  async run(ms: number): Promise<void> {
    const untilMs = this.#nowMs + ms;
    await this.#settle();
    for (;;) {
      const next = this.#heap[0];
      if (next === undefined || next.atMs > untilMs) break;
      this.#pop();
      this.#nowMs = Math.max(this.#nowMs, next.atMs);
      this.#events += 1;
      this.note(next.atMs * 64 + next.n);
      next.run();
      await this.#settle();
    }
    this.#nowMs = untilMs;
  }

  async #settle(): Promise<void> {
    do {
      await new Promise<void>((resolve) => {
        setImmediate(resolve);
      });
    } while (this.#busy > 0);
  }

  #push(event: Event): void {
    const heap = this.#heap;
    let i = heap.length;
    heap.push(event);
    while (i > 0) {
      const parent = (i - 1) >> 1;
      const above = heap[parent] as Event;
      if (!isBefore(event, above)) break;
      heap[i] = above;
      i = parent;
    }
    heap[i] = event;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (heap.length === 0 || last === undefined) return;
    let i = 0;
    for (;;) {
      let child = 2 * i + 1;
      if (child >= heap.length) break;
      const right = heap[child + 1];
      if (right !== undefined && isBefore(right, heap[child] as Event)) child += 1;
      const below = heap[child] as Event;
      if (!isBefore(below, last)) break;
      heap[i] = below;
      i = child;
    }
    heap[i] = last;
  }
}

const isBefore = (a: Event, b: Event): boolean => a.atMs < b.atMs || (a.atMs === b.atMs && a.n < b.n);
