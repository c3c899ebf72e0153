/**
 * Makes messages disappear when their time is over. What counts is time that passed: a message goes while
 * our clock and the relay's agree, or when this very process waited for it, and a clock that was set makes
 * nothing go. docs/protocol/messages.md, [MO24], [MO25] and [MO40].
 */
import type { Self } from "../account/self.ts";
import { OFFSET_ALONE_MS_MAX } from "../clock/offset.ts";
import type { Timers } from "../clock/timers.ts";
import type { Lane } from "../lane.ts";
import type { ClockSample } from "../session/link.ts";
import type { TableName } from "../store/rows.ts";
import type { Store, WriteTx } from "../store/store.ts";
import { revised } from "../thread/expiry.ts";
import type { ExpiryRow } from "../thread/rows.ts";
import { vanish, VANISH_TABLES } from "./vanish.ts";

/** Looks that come together are one: each message that comes asks for one. */
const LOOK_MS = 200;
/** Messages that go in one transaction. */
export const VANISH_AT_ONCE = 200;
/** We look at least so often: a clock that was set back is found out. */
const LOOK_EVERY_MS = 60_000;
/** Clock and timer that differ by more have been parted: by somebody, or by sleep. */
const DRIFT_MS_MAX = 2_000;
/** What was not sent yet stays until it was. */
const UNSENT_MS = 60_000;

const TABLES: readonly TableName[] = VANISH_TABLES;

export type ExpirerDeps = {
  readonly store: Store;
  readonly lane: Lane;
  /** Corrected by what relays say. */
  readonly timers: Timers;
  readonly self: () => Self | undefined;
  readonly failed: (error: unknown) => void;
};

export type Expirer = {
  /** Something may have begun to run. */
  readonly look: () => void;
  /** A heartbeat showed how far the device's own clock is off. */
  readonly sampled: (sample: ClockSample) => void;
  readonly close: () => void;
};

export const openExpirer = (deps: ExpirerDeps): Expirer => new Watch(deps);

class Watch implements Expirer {
  readonly #deps: ExpirerDeps;
  #cancel: (() => void) | undefined;
  /** What the clock said when the watch began to wait, and when that will end. */
  #sinceMs = 0;
  #untilMs = Infinity;
  /** The latest that the clock said; at first anything may have been said before. */
  #latestMs = Infinity;
  #isClosed = false;
  #isSwept = false;
  #isSoon = false;

  constructor(deps: ExpirerDeps) {
    this.#deps = deps;
  }

  readonly look = (): void => {
    if (this.#isSoon || this.#isClosed) return;
    this.#isSoon = true;
    this.#deps.timers.after(LOOK_MS, () => {
      this.#isSoon = false;
      if (!this.#isClosed) this.#plan().catch(this.#deps.failed);
    });
  };

  readonly sampled = ({ offsetMs }: ClockSample): void => {
    if (this.#isSwept || this.#isClosed || Math.abs(offsetMs) > OFFSET_ALONE_MS_MAX) return;
    this.#isSwept = true;
    this.#sweep(0)
      .catch(this.#deps.failed)
      .finally(() => {
        this.#isSwept = false;
      });
  };

  readonly close = (): void => {
    this.#isClosed = true;
    this.#cancel?.();
  };

  /** Waits for the next one, if that is sooner than what is waited for. */
  async #plan(): Promise<void> {
    const { store, timers } = this.#deps;
    const nowMs = timers.now();
    const isSetBack = nowMs < this.#latestMs;
    this.#latestMs = nowMs;
    if (isSetBack) await this.#revise();
    const range = { lower: nowMs + 1, limit: 1 };
    const [next] = await store.read(["expiry"], (tx) => tx.range("expiry", "at", range));
    const untilMs = Math.min(next?.at ?? Infinity, nowMs + LOOK_EVERY_MS);
    const isLater = untilMs >= this.#untilMs && !isSetBack;
    if (this.#isClosed || next === undefined || isLater) return;
    this.#wait(untilMs);
  }

  #wait(untilMs: number): void {
    const { timers, failed } = this.#deps;
    this.#cancel?.();
    this.#sinceMs = timers.now();
    this.#untilMs = untilMs;
    const inMs = Math.max(0, untilMs - this.#sinceMs);
    this.#cancel = timers.after(inMs, () => {
      const isTrue = Math.abs(timers.now() - this.#sinceMs - inMs) <= DRIFT_MS_MAX;
      const sinceMs = this.#sinceMs;
      this.#untilMs = Infinity;
      this.#cancel = undefined;
      const swept = isTrue ? this.#sweep(sinceMs) : Promise.resolve();
      swept.then(this.look).catch(failed);
    });
  }

  async #revise(): Promise<void> {
    const { store, lane, timers } = this.#deps;
    await lane.run(() => store.write(["expiry"], (tx) => reviseAll(tx, timers.now())));
  }

  /** What became due after `afterMs`, and no more than what one transaction takes at a time. */
  async #sweep(afterMs: number): Promise<void> {
    const { store, lane, timers } = this.#deps;
    for (let isMore = true; isMore && !this.#isClosed;) {
      const self = this.#deps.self();
      if (self === undefined) return;
      const nowMs = timers.now();
      const due = { lower: afterMs, upper: nowMs, limit: VANISH_AT_ONCE };
      const found = await store.read(["expiry"], (tx) => tx.count("expiry", "at", due));
      if (found === 0) return;
      const went = await lane.run(() =>
        store.write(TABLES, (tx) => sweepDue(tx, self, due, nowMs)),
      );
      isMore = went >= VANISH_AT_ONCE;
    }
  }
}

type Due = { readonly lower: number; readonly upper: number; readonly limit: number };

/** How many rows were dealt with. */
async function sweepDue(tx: WriteTx, self: Self, due: Due, nowMs: number): Promise<number> {
  const rows = await tx.range("expiry", "at", due);
  for (const row of rows) {
    const place = [row.c, row.a, row.s];
    const waiting = await tx.range("outbox", "entry", { lower: place, upper: place });
    if (waiting.some((it) => it.targets.every(({ state }) => state === "pending"))) {
      await tx.put("expiry", { ...row, at: nowMs + UNSENT_MS });
      continue;
    }
    const entry = await tx.get("entries", place);
    if (entry !== undefined && entry.shown === 1) await vanish(tx, self, entry);
    await forget(tx, row);
  }
  return rows.length;
}

const forget = async (tx: WriteTx, { n }: ExpiryRow): Promise<void> => {
  if (n !== undefined) await tx.delete("expiry", n);
};

/** A clock that was set back would let messages live on: none has more left than its lifetime. */
async function reviseAll(tx: WriteTx, nowMs: number): Promise<void> {
  for (let upper = Infinity; ;) {
    const range = { lower: nowMs, upper, limit: VANISH_AT_ONCE, reverse: true };
    const rows = await tx.range("expiry", "at", range);
    for (const row of rows) {
      const now = revised(row, nowMs);
      if (now !== row) await tx.put("expiry", now);
    }
    upper = (rows.at(-1)?.at ?? 0) - 1;
    if (rows.length < VANISH_AT_ONCE) return;
  }
}
