/**
 * The one module of the app that reaches a network: it hands WebSocket and fetch to the transport,
 * which speaks with relays alone. No image, script, font, style or preview comes from anywhere else.
 */
import type { Timers } from "../../sync/clock/timers.ts";
import { openSocketTransport } from "../../sync/transport/socket-transport.ts";
import type { Transport } from "../../sync/transport/transport.ts";

export const openNetwork = (timers: Timers): Transport =>
  openSocketTransport({ WebSocket, fetch: (input, init) => fetch(input, init), timers });
