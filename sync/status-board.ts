/** The one copy of what is true now and need not be kept, and who listens to it. */
import type { Status } from "./device.ts";

export type StatusBoard = {
  readonly now: () => Status;
  /** Listeners hear of it when something really changed. */
  readonly change: (part: Partial<Status>) => void;
  readonly listen: (listener: (status: Status) => void) => () => void;
};

const AT_START: Status = {
  connection: { type: "connecting" },
  presence: {},
  typing: {},
  storage: "ok",
  clockOffWarning: false,
  missing: {},
  historyLeft: 0,
  relayRenewed: false,
  linking: null,
};

export function openStatusBoard(): StatusBoard {
  let status = AT_START;
  const listeners = new Set<(status: Status) => void>();
  return {
    now: () => status,
    change: (part) => {
      const next = { ...status, ...part };
      // Plain data of a few hundred bytes: comparing its text is simpler than comparing its parts.
      if (JSON.stringify(next) === JSON.stringify(status)) return;
      status = next;
      for (const listener of listeners) listener(status);
    },
    listen: (listener) => {
      listeners.add(listener);
      listener(status);
      return () => listeners.delete(listener);
    },
  };
}
