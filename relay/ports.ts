/**
 * What the relay's core is given from outside: time, chance, the event loop, a way to say what
 * happened. The simulator gives its own; main.ts gives Node's. Nothing in the core reaches for them.
 */

/** Unix milliseconds. May jump. */
export type Now = () => number;
/** Fresh unpredictable bytes. */
export type Random = (bytes: number) => Uint8Array;
/** Runs `work` once after `ms`, unless the returned function was called before. */
export type Timers = { readonly after: (ms: number, work: () => void) => () => void };
/** Runs `work` once, when what arrived together has been received. */
export type Turn = (work: () => void) => void;

/** Events and counts. No mailbox, token, address, body or path ever goes through here. */
export type Log = (event: string, counts?: Readonly<Record<string, number>>) => void;

/** One connection as the core sees it; the adapter holds the real socket. */
export type Socket = {
  /** One binary message. The bytes belong to the socket from now on. */
  readonly send: (bytes: Uint8Array) => void;
  /** `closed` of the connection follows. */
  readonly close: (code: number, reason: string) => void;
  /** Bytes handed to `send` that have not left yet. */
  readonly bufferedAmount: () => number;
};

/** What the adapter tells the core. */
export type Connection = {
  /** One binary message; the core may keep views of it until it is committed. */
  readonly receive: (message: Uint8Array) => void;
  readonly closed: () => void;
};
