/**
 * WebSockets of the relay: ws on the raw `upgrade` event of the HTTP server (a framework's upgrade helper
 * costs 2.6 times the memory of an idle socket). Only version 13 and subprotocol kith.1, no compression,
 * binary messages only, few fragments, bounded handshakes.
 */
import type { IncomingMessage, Server } from "node:http";
import type { Duplex } from "node:stream";

import { type RawData, WebSocket, WebSocketServer } from "ws";

import { CLOSE } from "../../sync/wire/close-codes.ts";
import { PATHS, type Problem } from "../../sync/wire/http.ts";
import { SOCKET_MESSAGE_BYTES_MAX } from "../../sync/wire/limits.ts";
import { SUBPROTOCOL } from "../../sync/wire/version.ts";
import { AtOnce } from "../admission/at-once.ts";
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
import type { Connection, Socket } from "../ports.ts";
import type { Relay } from "../relay.ts";

export type SocketOptions = {
  readonly server: Server;
  readonly relay: Relay;
  readonly addressOf: AddressOf;
};

/** What ws makes for each connection, with what its listeners need. */
class ServedSocket extends WebSocket {
  end: SocketEnd | null = null;
}

/** ws knows `maxFragments` and `closeTimeout`; its types do not yet. */
const SOCKET_SERVER = {
  noServer: true,
  clientTracking: false,
  perMessageDeflate: false,
  maxPayload: SOCKET_MESSAGE_BYTES_MAX,
  maxFragments: FRAGMENTS_MAX,
  closeTimeout: CLOSE_GRACE_MS,
  handleProtocols: () => SUBPROTOCOL,
  WebSocket: ServedSocket,
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

  const held = new AtOnce({ all: Number.POSITIVE_INFINITY, each: ADDRESS_SOCKETS_MAX });

  const addressFor = (request: IncomingMessage): string => {
    const forwarded = request.headers["x-forwarded-for"];
    return addressOf(
      request.socket.remoteAddress,
      Array.isArray(forwarded) ? forwarded.join(",") : forwarded,
    );
  };
  const waitMsOf = (address: string): number => {
    const nowMs = relay.now();
    if (!held.hasRoom(address)) return OVERLOADED_RETRY_MS;
    const ownWaitMs = address === LOOPBACK ? 0 : byAddress.take(address, 1, nowMs);
    return ownWaitMs || all.take("all", 1, nowMs);
  };

  server.on("upgrade", (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on("error", destroy);
    const address = addressFor(request);
    const refused = refusalOf(request) ?? tooSoon(waitMsOf(address));
    if (refused !== null) {
      relay.counters.add(`handshake.${refused.type}`);
      refuse(socket, refused, refused.type === "VersionUnknown" ? OFFER : {});
      return;
    }
    sockets.handleUpgrade(request, socket, head, (webSocket) => {
      socket.off("error", destroy);
      webSocket.end = new SocketEnd({ webSocket, relay, held, address });
      webSocket.on("message", onMessage);
      webSocket.on("ping", onControl);
      webSocket.on("pong", onControl);
      webSocket.on("error", onError);
      webSocket.on("close", onClose);
    });
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

type EndOptions = {
  readonly webSocket: WebSocket;
  readonly relay: Relay;
  readonly held: AtOnce;
  readonly address: string;
};

/**
 * One WebSocket as the core sees it. Most connections are idle, and what each holds is what bounds their
 * number: so there is one object here, and the listeners are the same functions for all.
 */
class SocketEnd implements Socket {
  readonly #webSocket: WebSocket;
  readonly #relay: Relay;
  readonly #held: AtOnce;
  readonly #address: string;
  readonly #connection: Connection;
  #controlArrivalMs = 0;

  constructor({ webSocket, relay, held, address }: EndOptions) {
    this.#webSocket = webSocket;
    this.#relay = relay;
    this.#held = held;
    this.#address = address;
    held.came(address);
    this.#connection = relay.connect(this);
  }

  send(bytes: Uint8Array): void {
    this.#webSocket.send(bytes);
  }

  close(code: number, reason: string): void {
    this.#webSocket.close(code, reason);
  }

  bufferedAmount(): number {
    return this.#webSocket.bufferedAmount;
  }

  received(data: RawData, isBinary: boolean): void {
    if (!isBinary) {
      this.close(CLOSE.textFrame, "binary messages only");
      return;
    }
    if (!Buffer.isBuffer(data)) return;
    // The top of one request: our own contradiction ends this socket, not everybody's relay.
    try {
      this.#connection.receive(plainBytes(data));
    } catch {
      this.#relay.counters.add("bugs");
      this.close(CLOSE.internal, "internal");
    }
  }

  /** ws answers WebSocket's own pings; a flood of them is no way to keep us busy. */
  control(): void {
    const rate = { perSecond: CONTROL_FRAMES_PER_SECOND, burst: CONTROL_FRAMES_BURST };
    const meter = takeFrom(rate, this.#controlArrivalMs, 1, this.#relay.now());
    this.#controlArrivalMs = meter.arrivalMs;
    if (meter.waitMs > 0) this.close(CLOSE.policy, "too many control frames");
  }

  /** Broken framing: ws closes with 1002, 1007, 1008 or 1009 by itself. */
  broke(): void {
    this.#relay.counters.add("socketErrors");
  }

  closed(): void {
    this.#held.left(this.#address);
    this.#connection.closed();
  }
}

const endOf = (it: WebSocket): SocketEnd | null => (it instanceof ServedSocket ? it.end : null);

function onMessage(this: WebSocket, data: RawData, isBinary: boolean): void {
  endOf(this)?.received(data, isBinary);
}

function onControl(this: WebSocket): void {
  endOf(this)?.control();
}

function onError(this: WebSocket): void {
  endOf(this)?.broke();
}

function onClose(this: WebSocket): void {
  endOf(this)?.closed();
}

function destroy(this: Duplex): void {
  this.destroy();
}

/** The same bytes as a plain array: `slice` of a Buffer would be a view, not a copy. */
const plainBytes = (data: Buffer): Uint8Array =>
  new Uint8Array(data.buffer, data.byteOffset, data.length);
