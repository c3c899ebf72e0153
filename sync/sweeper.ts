/** When forgetting is done: once in a while, and only while our clock and the relay's agree. */
import { OFFSET_ALONE_MS_MAX } from "./clock/offset.ts";
import type { Timers } from "./clock/timers.ts";
import type { Lane } from "./lane.ts";
import type { ClockSample } from "./session/link.ts";
import type { Store } from "./store/store.ts";
import { noteAges, sweep, SWEEP_TABLES } from "./sweep.ts";

const SWEEP_EVERY_MS = 3_600_000;

export type SweeperDeps = {
  readonly store: Store;
  readonly lane: Lane;
  /** Corrected by what relays say: what is old follows it. */
  readonly timers: Timers;
  readonly failed: (error: unknown) => void;
};

export type Sweeper = {
  /** A heartbeat showed how far the device's own clock is off. */
  readonly sampled: (sample: ClockSample) => void;
  readonly close: () => void;
};

export function openSweeper({ store, lane, timers, failed }: SweeperDeps): Sweeper {
  let isResting = false;
  let isClosed = false;
  let cancel = (): void => undefined;

  const sweepOnce = async (): Promise<void> => {
    const nowMs = timers.now();
    const isMore = await lane.makeRoom(() => store.write(SWEEP_TABLES, (tx) => sweep(tx, nowMs)));
    // The next heartbeat goes on with it.
    if (isMore) isResting = false;
    await lane.run(() => store.write(SWEEP_TABLES, (tx) => noteAges(tx, nowMs)));
  };
  return {
    sampled: ({ offsetMs }) => {
      if (isResting || isClosed || Math.abs(offsetMs) > OFFSET_ALONE_MS_MAX) return;
      isResting = true;
      cancel();
      cancel = timers.after(SWEEP_EVERY_MS, () => {
        isResting = false;
      });
      sweepOnce().catch(failed);
    },
    close: () => {
      isClosed = true;
      cancel();
    },
  };
}
