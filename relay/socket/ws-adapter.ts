/**
 * WebSockets of the relay: ws on the raw `upgrade` event of the HTTP server (a framework's upgrade helper
 * costs 2.6 times the memory of an idle socket). Only version 13 and subprotocol kith.1, no compression,
 * binary messages only, few fragments, bounded handshakes.
 */
import type { IncomingMessage, Server } from "node:http";
import type { Duplex } from "node:stream";

import { type RawData, type WebSocket, WebSocketServer } from "ws";

import { CLOSE } from "../../sync/wire/close-codes.ts";
import { PATHS, type Problem } from "../../sync/wire/http.ts";
import { SOCKET_MESSAGE_BYTES_MAX } from "../../sync/wire/limits.ts";
import { SUBPROTOCOL } from "../../sync/wire/version.ts";
import { RateLimiter, takeFrom } from "../admission/rate.ts";
import { type AddressOf, LOOPBACK } from "../client-address.ts";
import { refuse } from "../http/raw-problem.ts";
import {
  ADDRESS_SOCKETS_BURST,
  ADDRESS_SOCKETS_MAX,
  ADDRESS_SOCKETS_PER_SECOND,
  CLOSE_GRACE_MS,
  CONTROL_FRAMES_BURST,
  CONTROL_FRAMES_PER_SECOND,
  FRAGMENTS_MAX,
  HANDSHAKES_PER_SECOND,
  OVERLOADED_RETRY_MS,
} from "../limits.ts";
import type { Relay } from "../relay.ts";

export type SocketOptions = {
  readonly server: Server;
  readonly relay: Relay;
  readonly addressOf: AddressOf;
};

/** ws knows `maxFragments` and `closeTimeout`; its types do not yet. */
const SOCKET_SERVER = {
  noServer: true,
  clientTracking: false,
  perMessageDeflate: false,
  maxPayload: SOCKET_MESSAGE_BYTES_MAX,
  maxFragments: FRAGMENTS_MAX,
  closeTimeout: CLOSE_GRACE_MS,
  handleProtocols: () => SUBPROTOCOL,
};

/** Serves `PATHS.socket`; any other upgrade is refused. */
export function attachSockets({ server, relay, addressOf }: SocketOptions): void {
  const sockets = new WebSocketServer(SOCKET_SERVER);
  const all = new RateLimiter<string>({
    perSecond: HANDSHAKES_PER_SECOND,
    burst: HANDSHAKES_PER_SECOND,
  });
  const byAddress = new RateLimiter<string>({
    perSecond: ADDRESS_SOCKETS_PER_SECOND,
    burst: ADDRESS_SOCKETS_BURST,
  });

  const held = new Map<string, number>();

  const addressFor = (request: IncomingMessage): string => {
    const forwarded = request.headers["x-forwarded-for"];
    return addressOf(
      request.socket.remoteAddress,
      Array.isArray(forwarded) ? forwarded.join(",") : forwarded,
    );
  };
  const waitMsOf = (address: string): number => {
    const nowMs = relay.now();
    const isFull = address !== LOOPBACK && (held.get(address) ?? 0) >= ADDRESS_SOCKETS_MAX;
    if (isFull) return OVERLOADED_RETRY_MS;
    const ownWaitMs = address === LOOPBACK ? 0 : byAddress.take(address, 1, nowMs);
    return ownWaitMs || all.take("all", 1, nowMs);
  };

  server.on("upgrade", (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on("error", () => socket.destroy());
    const address = addressFor(request);
    const refused = refusalOf(request) ?? tooSoon(waitMsOf(address));
    if (refused !== null) {
      relay.counters.add(`handshake.${refused.type}`);
      refuse(socket, refused, refused.type === "VersionUnknown" ? OFFER : {});
      return;
    }
    held.set(address, (held.get(address) ?? 0) + 1);
    socket.once("close", () => {
      const left = (held.get(address) ?? 1) - 1;
      if (left === 0) held.delete(address);
      else held.set(address, left);
    });
    sockets.handleUpgrade(request, socket, head, (webSocket) => serve(relay, webSocket));
  });
}

function refusalOf(request: IncomingMessage): Problem | null {
  const path = (request.url ?? "").split("?", 1)[0];
  if (path !== PATHS.socket) return { type: "NotFound" };
  if (request.method !== "GET") return { type: "MethodNotAllowed" };
  // RFC 6455 §4.4. ws would take the draft version 8 as well.
  const isVersion13 = request.headers["sec-websocket-version"] === "13";
  const offered = (request.headers["sec-websocket-protocol"] ?? "").split(",");
  const isOurs = offered.some((protocol) => protocol.trim() === SUBPROTOCOL);
  return isVersion13 && isOurs ? null : { type: "VersionUnknown", supported: [SUBPROTOCOL] };
}

const tooSoon = (retryAfterMs: number): Problem | null =>
  retryAfterMs > 0 ? { type: "TooManyRequests", retryAfterMs } : null;

/** Says what would have been spoken (RFC 6455 §4.4). */
const OFFER = { upgrade: "websocket", "sec-websocket-version": "13" };

function serve(relay: Relay, webSocket: WebSocket): void {
  let controlArrivalMs = 0;
  const connection = relay.connect({
    send: (bytes) => webSocket.send(bytes),
    close: (code, reason) => webSocket.close(code, reason),
    bufferedAmount: () => webSocket.bufferedAmount,
  });
  // The top of one request: our own contradiction ends this socket, not everybody's relay.
  const received = (message: Uint8Array): void => {
    try {
      connection.receive(message);
    } catch {
      relay.counters.add("bugs");
      webSocket.close(CLOSE.internal, "internal");
    }
  };
  webSocket.on("message", (data: RawData, isBinary: boolean) => {
    if (!isBinary) webSocket.close(CLOSE.textFrame, "binary messages only");
    else if (Buffer.isBuffer(data)) received(plainBytes(data));
  });
  // ws answers WebSocket's own pings; a flood of them is no way to keep us busy.
  const control = (): void => {
    const rate = { perSecond: CONTROL_FRAMES_PER_SECOND, burst: CONTROL_FRAMES_BURST };
    const meter = takeFrom(rate, controlArrivalMs, 1, relay.now());
    controlArrivalMs = meter.arrivalMs;
    if (meter.waitMs > 0) webSocket.close(CLOSE.policy, "too many control frames");
  };
  webSocket.on("ping", control);
  webSocket.on("pong", control);
  // Broken framing: ws closes with 1002, 1007, 1008 or 1009 by itself.
  webSocket.on("error", () => relay.counters.add("socketErrors"));
  webSocket.on("close", () => connection.closed());
}

/** The same bytes as a plain array: `slice` of a Buffer would be a view, not a copy. */
const plainBytes = (data: Buffer): Uint8Array =>
  new Uint8Array(data.buffer, data.byteOffset, data.length);
