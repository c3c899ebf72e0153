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
   * The same for what must be done before anything else: while it fails it is tried again before each later
   * job, which then fails as it does.
   */
  readonly first: (job: () => Promise<void>) => Promise<void>;
  /** As `run`, and not kept by what must be done first: for what does nothing but make room. */
  readonly makeRoom: <R>(job: () => Promise<R>) => Promise<R>;
  /**
   * Settles when every job so far has. Later ones never begin, and are told that the store is gone: from
   * then on another process may hold it. Rule [DV9].
   */
  readonly close: () => Promise<void>;
};

export function openLane(): Lane {
  let last: Promise<unknown> = Promise.resolve();
  let isClosed = false;
  let first: (() => Promise<void>) | null = null;
  const runFirst = async (): Promise<void> => {
    await first?.();
    first = null;
  };
  const makeRoom: Lane["makeRoom"] = (job) => {
    if (isClosed) return Promise.reject(new StorageError("gone"));
    const done = last.then(job);
    last = done.catch(() => undefined);
    return done;
  };
  const run: Lane["run"] = (job) => makeRoom(() => (first === null ? job() : runFirst().then(job)));
  return {
    run,
    makeRoom,
    first: (job) => {
      first = job;
      return run(() => Promise.resolve());
    },
    close: async () => {
      isClosed = true;
      await last;
    },
  };
}
