/**
 * From dialling our relay until all that waited there was read, no entry is sent: somebody may have been
 * removed, or a device put out, while we were away. docs/protocol/sync.md, rule [OB14].
 */
import type { Timers } from "./clock/timers.ts";

/** However much waits, and whatever the relay says: nobody's message is held back longer. */
export const CATCH_UP_MS_MAX = 10_000;

export type CatchUp = {
  /** Our relay is being asked; said again while it is, it changes nothing. */
  readonly begin: () => void;
  /** All that waited is here. */
  readonly done: () => void;
  /** There is no way to our relay now: the next one begins anew. */
  readonly away: () => void;
  readonly isOn: () => boolean;
  readonly close: () => void;
};

/** `ended`: what was held back may go. */
export function openCatchUp(timers: Timers, ended: () => void): CatchUp {
  let isDialled = false;
  let cancel: (() => void) | undefined;

  const end = (): void => {
    if (cancel === undefined) return;
    cancel();
    cancel = undefined;
    ended();
  };
  return {
    begin: () => {
      if (isDialled) return;
      isDialled = true;
      cancel = timers.after(CATCH_UP_MS_MAX, end);
    },
    done: end,
    away: () => {
      isDialled = false;
      end();
    },
    isOn: () => cancel !== undefined,
    close: () => {
      cancel?.();
      cancel = undefined;
    },
  };
}
