/**
 * One timer for all deadlines: a wheel of one-second slots. It keeps its own time by counting ticks,
 * so a jump of the wall clock closes no socket and delays none. It stands still while it is empty.
 */
import { TICK_MS } from "./limits.ts";
import type { Timers } from "./ports.ts";

/** Called when due; answers when to be called again, in the wheel's time, or null to be forgotten. */
export type Deadline = (nowMs: number) => number | null;

export class Wheel {
  readonly #timers: Timers;
  readonly #slots = new Map<number, Deadline[]>();
  #ticks = 0;
  #cancel: (() => void) | null = null;

  constructor(timers: Timers) {
    this.#timers = timers;
  }

  /** The wheel's own time: whole seconds since it first turned. */
  get nowMs(): number {
    return this.#ticks * TICK_MS;
  }

  /** At `dueMs` or up to one tick later. */
  at(dueMs: number, deadline: Deadline): void {
    const slot = Math.max(Math.ceil(dueMs / TICK_MS), this.#ticks + 1);
    const waiting = this.#slots.get(slot);
    if (waiting === undefined) this.#slots.set(slot, [deadline]);
    else waiting.push(deadline);
    this.#cancel ??= this.#timers.after(TICK_MS, () => this.#tick());
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = null;
    this.#slots.clear();
  }

  #tick(): void {
    this.#cancel = null;
    this.#ticks += 1;
    const due = this.#slots.get(this.#ticks) ?? [];
    this.#slots.delete(this.#ticks);
    for (const deadline of due) {
      const again = deadline(this.nowMs);
      if (again !== null) this.at(again, deadline);
    }
    if (this.#slots.size > 0) this.#cancel ??= this.#timers.after(TICK_MS, () => this.#tick());
  }
}
