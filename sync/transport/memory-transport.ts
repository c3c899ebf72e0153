/**
 * A transport inside one process, for scenarios and the simulator: its other end is a relay's core.
 * Links can be cut, swallowed or slowed at any time.
 */
import type { Timers } from "../clock/timers.ts";
import type { Transport } from "./transport.ts";

/** The client's end of a connection, as a relay sees it. */
export type RelaySocket = {
  readonly send: (bytes: Uint8Array) => void;
  readonly close: (code: number, reason: string) => void;
  readonly bufferedAmount: () => number;
};
/** What a relay does with a connection. */
export type RelayConnection = {
  readonly receive: (bytes: Uint8Array) => void;
  readonly closed: () => void;
};
/** A relay without sockets: its core, and the fetch of its HTTP routes. */
export interface RelayDoor {
  readonly connect: (socket: RelaySocket) => RelayConnection;
  readonly fetch: (request: Request) => Response | Promise<Response>;
}

export type MemoryTransportOptions = {
  /** The relay at that origin; undefined: nobody answers (not started, or killed). */
  readonly relayAt: (origin: string) => RelayDoor | undefined;
  readonly timers: Timers;
  /** One way, 0 or more. Order is kept whatever it answers. */
  readonly delayMs?: () => number;
};

/**
 * `up`: bytes flow. `down`: connections break, nothing can be dialled. `blackHole`: everything is
 * swallowed both ways, and nobody is told.
 */
export type MemoryRoute = "up" | "down" | "blackHole";

export interface MemoryTransport extends Transport {
  readonly setRoute: (route: MemoryRoute) => void;
  /** Ends all connections without a word, as a reset does; bytes on their way are lost. */
  readonly cut: () => void;
}
