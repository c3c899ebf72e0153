/**
 * One job after the other. Everything that changes a device's state runs in its lane, so no job ever
 * sees another one half done, and ratchet state is never read by two at once. docs/protocol/sync.md, [DV1].
 *
 * It has no limit of its own: those who feed it have (the relay's window of unacknowledged messages,
 * one pump, one upkeep, a person's commands).
 */
import { StorageError } from "./store/store.ts";

export type Lane = {
  /** Runs `job` when all earlier ones have settled, and settles as it does. */
  readonly run: <R>(job: () => Promise<R>) => Promise<R>;
  /**
   * Settles when every job so far has. Later ones never begin, and are told that the store is gone: from
   * then on another process may hold it. Rule [DV9].
   */
  readonly close: () => Promise<void>;
};

export function openLane(): Lane {
  let last: Promise<unknown> = Promise.resolve();
  let isClosed = false;
  return {
    run: (job) => {
      if (isClosed) return Promise.reject(new StorageError("gone"));
      const run = last.then(job);
      last = run.catch(() => undefined);
      return run;
    },
    close: async () => {
      isClosed = true;
      await last;
    },
  };
}
