/**
 * Keeps a connection known to be alive: asks when we said nothing for a while, and gives up when
 * nothing at all comes back. Needed because a socket whose path turned into a black hole goes on
 * saying that it is open. Durations only: a device's clock that jumps changes nothing. Rule [SE6].
 */
import type { Timers } from "../clock/timers.ts";

/** After a PING, whatever comes counts as an answer. */
export const ANSWER_TIMEOUT_MS = 10_000;

export type HeartbeatOptions = {
  readonly timers: Timers;
  readonly ping: () => void;
  readonly dead: () => void;
};

const NOTHING = (): void => undefined;

export class Heartbeat {
  readonly #options: HeartbeatOptions;
  #intervalMs = 0;
  #cancelPing = NOTHING;
  #cancelDeath: (() => void) | null = null;

  constructor(options: HeartbeatOptions) {
    this.#options = options;
  }

  /** Starts, or changes the pace; asks at once, so that the other side learns of it. */
  start(intervalMs: number): void {
    this.#intervalMs = intervalMs;
    this.probe();
  }

  /** Asks now. `ping` is expected to send, and `said` to be called for it. */
  probe(): void {
    this.#cancelDeath ??= this.#options.timers.after(ANSWER_TIMEOUT_MS, () => {
      this.#cancelDeath = null;
      this.#options.dead();
    });
    this.#options.ping();
  }

  /** We sent something. */
  said(): void {
    if (this.#intervalMs === 0) return;
    this.#cancelPing();
    this.#cancelPing = this.#options.timers.after(this.#intervalMs, () => this.probe());
  }

  /** They sent something. */
  heard(): void {
    this.#cancelDeath?.();
    this.#cancelDeath = null;
  }

  stop(): void {
    this.#intervalMs = 0;
    this.#cancelPing();
    this.heard();
  }
}
