/**
 * What was asked for, and when to ask for it again. A thing that is seen missing for the first time is
 * left alone for a moment; after that the pauses double. Kept in memory: after a restart everything is
 * asked for once more. Rule [HE4] of docs/protocol/sync.md.
 */
/** Something missing this young is an envelope on its way. */
export const HEAL_FIRST_MS = 3_000;
/** Pauses between requests for the same thing double up to this … */
export const HEAL_RETRY_FIRST_MS = 5_000;
export const HEAL_RETRY_MAX_MS = 600_000;
/** … and after so many, which is about 20 minutes, nobody who could answer seems to be there. */
export const HEAL_TRIES_MAX = 8;
export const HEAL_LATE_MS = 6 * 3_600_000;
/** Things remembered; the oldest are forgotten, and asked for early. */
const ASKED_MAX = 1_000;

type Asking = { readonly times: number; readonly atMs: number; readonly pauseMs: number };

export class Asked {
  readonly #byName = new Map<string, Asking>();

  /** 0: ask now, it is counted as asked. Else how long to wait, in milliseconds. */
  waitMs(name: string, nowMs: number): number {
    const before = this.#byName.get(name);
    if (before === undefined)
      return this.#note(name, { times: 0, atMs: nowMs, pauseMs: HEAL_FIRST_MS });
    const ageMs = nowMs - before.atMs;
    // A negative age tells of a clock that was set back: what it measured is over.
    if (ageMs >= 0 && ageMs < before.pauseMs) return before.pauseMs - ageMs;
    const times = before.times + 1;
    const pauseMs =
      times > HEAL_TRIES_MAX
        ? HEAL_LATE_MS
        : Math.min(HEAL_RETRY_MAX_MS, HEAL_RETRY_FIRST_MS * 2 ** (times - 1));
    this.#note(name, { times, atMs: nowMs, pauseMs });
    return 0;
  }

  /** How often it was asked for. */
  times(name: string): number {
    return this.#byName.get(name)?.times ?? 0;
  }

  #note(name: string, asking: Asking): number {
    this.#byName.delete(name);
    this.#byName.set(name, asking);
    for (const oldest of this.#byName.keys()) {
      if (this.#byName.size <= ASKED_MAX) break;
      this.#byName.delete(oldest);
    }
    return asking.pauseMs;
  }
}
