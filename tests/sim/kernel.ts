/**
 * Virtual time: a heap of events and one clock. Everything that a device and the relay do runs inside
 * an event, to its end, before the next one begins, so a seed decides everything.
 *
 * That rests on one fact: whatever sync/, crypto/ and the relay await is a microtask or one of these
 * events (the memory stores, Hono without a socket and web streams all keep to it).
 */
type Event = { readonly atMs: number; readonly n: number; run: (() => void) | null };

/** 2026-01-01, so that dates in traces look like dates. */
export const EPOCH_MS = 1_767_225_600_000;

/** Asks for `run` in `ms` >= 0; answers what takes that back. */
export type After = (ms: number, run: () => void) => () => void;

export class Kernel {
  #nowMs: number;
  #n = 0;
  #events = 0;
  #trace = 0;
  readonly #heap: Event[] = [];

  constructor(startMs = EPOCH_MS) {
    this.#nowMs = startMs;
  }

  /** Unix milliseconds, whole. */
  readonly now = (): number => this.#nowMs;

  get events(): number {
    return this.#events;
  }

  /** A hash of what happened and when: equal for equal seeds. */
  get trace(): number {
    return this.#trace >>> 0;
  }

  /** Adds what happened to the hash. */
  readonly note = (value: number): void => {
    this.#trace = (Math.imul(this.#trace ^ value, 0x0100_0193) + (this.#trace >>> 15)) | 0;
  };

  readonly after: After = (ms, run) => {
    const atMs = this.#nowMs + Math.max(0, Math.ceil(ms));
    const event: Event = { atMs, n: this.#n++, run };
    this.#push(event);
    return () => {
      event.run = null;
    };
  };

  /** Timers of something that can die: what it asked for does not happen after its death. */
  readonly afterWhile =
    (isAlive: () => boolean): After =>
    (ms, run) =>
      this.after(ms, () => {
        if (isAlive()) run();
      });

  /** Runs everything that is due within `ms` from now, unless `isOver` says so before. */
  async run(ms: number, isOver: () => boolean = () => false): Promise<void> {
    const untilMs = this.#nowMs + ms;
    await settled();
    while (!isOver()) {
      const next = this.#heap[0];
      if (next === undefined || next.atMs > untilMs) {
        this.#nowMs = untilMs;
        return;
      }
      this.#pop();
      if (next.run === null) continue;
      this.#nowMs = next.atMs;
      this.#events += 1;
      this.note(next.atMs);
      next.run();
      await settled();
    }
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

const isBefore = (a: Event, b: Event): boolean =>
  a.atMs < b.atMs || (a.atMs === b.atMs && a.n < b.n);

/** All microtasks have run. */
const settled = (): Promise<void> =>
  new Promise((resolve) => {
    setImmediate(resolve);
  });
