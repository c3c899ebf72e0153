/** The transport of browsers, workers and Node: their WebSocket and their fetch, as arguments. */
import type { Timers } from "../clock/timers.ts";

export type SocketTransportOptions = {
  readonly WebSocket: typeof WebSocket;
  readonly fetch: typeof fetch;
  readonly timers: Timers;
};
