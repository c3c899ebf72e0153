/**
 * A transport inside one process, for scenarios and the simulator: its other end is a relay's core.
 * Bytes take the time that `delayMs` says and stay in order; the way can be cut or swallow everything
 * at any moment.
 */
import { err, ok, type Result } from "../../crypto/base/result.ts";
import type { Timers } from "../clock/timers.ts";
import { readBody, readBytes } from "./bounded-body.ts";
import {
  CLOSED_WITHOUT_WORD,
  type Download,
  DOWNLOAD_TIMEOUT_MS,
  type HttpAnswer,
  type HttpRequest,
  REQUEST_TIMEOUT_MS,
  RESPONSE_BYTES_MAX,
  type Transport,
  type Unreachable,
  type Wire,
  type WireEvents,
} from "./transport.ts";

/** A client, as a relay sees it. */
export type RelaySocket = {
  readonly send: (bytes: Uint8Array) => void;
  /** `closed` of the connection follows. */
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
  /** One way, 0 or more; 0 when left out. */
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

export const openMemoryTransport = (options: MemoryTransportOptions): MemoryTransport =>
  new Network(options);

const UNREACHABLE: Result<never, Unreachable> = err({ type: "Unreachable" });

class Network implements MemoryTransport {
  readonly #options: MemoryTransportOptions;
  readonly #connections = new Set<Connection>();
  #route: MemoryRoute = "up";

  constructor(options: MemoryTransportOptions) {
    this.#options = options;
  }

  readonly setRoute = (route: MemoryRoute): void => {
    this.#route = route;
    if (route === "down") this.cut();
  };

  readonly cut = (): void => {
    for (const connection of this.#connections) connection.cut();
  };

  readonly connect = (url: string, events: WireEvents): Wire => {
    const { relayAt, timers } = this.#options;
    const connection: Connection = new Connection({
      events,
      timers,
      delayMs: this.#delayMs,
      route: () => this.#route,
      relay: () => relayAt(originOf(url.replace(/^ws/, "http"))),
      onEnd: () => this.#connections.delete(connection),
    });
    this.#connections.add(connection);
    return connection;
  };

  readonly request = (request: HttpRequest): Promise<Result<HttpAnswer, Unreachable>> =>
    this.#answered(REQUEST_TIMEOUT_MS, request, async (response) => {
      const text = await readBody(response, RESPONSE_BYTES_MAX);
      return text === null ? null : { status: response.status, body: text };
    });

  readonly download = (url: string, bytesMax: number): Promise<Result<Download, Unreachable>> =>
    this.#answered(DOWNLOAD_TIMEOUT_MS, { method: "GET", url, headers: {} }, async (response) => {
      const bytes = await readBytes(response, bytesMax);
      return bytes === null ? null : { status: response.status, bytes };
    });

  /** `read`: null when the body is none that is wanted. */
  async #answered<Answer>(
    timeoutMs: number,
    request: HttpRequest,
    read: (response: Response) => Promise<Answer | null>,
  ): Promise<Result<Answer, Unreachable>> {
    const { promise, resolve } = Promise.withResolvers<Result<Answer, Unreachable>>();
    const cancel = this.#options.timers.after(timeoutMs, () => resolve(UNREACHABLE));
    try {
      return await Promise.race([promise, this.#exchange(request, read)]);
    } finally {
      cancel();
    }
  }

  /** A relay that throws is a bug, and is not hidden here. */
  async #exchange<Answer>(
    { method, url, headers, body }: HttpRequest,
    read: (response: Response) => Promise<Answer | null>,
  ): Promise<Result<Answer, Unreachable>> {
    await this.#travel();
    const relay = this.#options.relayAt(originOf(url));
    if (this.#isDown() || relay === undefined) return UNREACHABLE;
    const init = { method, headers, ...(body === undefined ? {} : { body }) };
    const response = await relay.fetch(new Request(url, init));
    const answer = await read(response);
    await this.#travel();
    if (this.#isDown() || answer === null) return UNREACHABLE;
    return ok(answer);
  }

  /** One way; into a black hole it never ends. */
  #travel(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#options.timers.after(this.#delayMs(), () => {
      if (this.#route !== "blackHole") resolve();
    });
    return promise;
  }

  #isDown(): boolean {
    return this.#route === "down";
  }

  readonly #delayMs = (): number => this.#options.delayMs?.() ?? 0;
}

const originOf = (url: string): string => (URL.canParse(url) ? new URL(url).origin : "");

type ConnectionOptions = {
  readonly events: WireEvents;
  readonly timers: Timers;
  readonly delayMs: () => number;
  readonly route: () => MemoryRoute;
  readonly relay: () => RelayDoor | undefined;
  readonly onEnd: () => void;
};

/** Both ends of one connection. */
class Connection implements Wire {
  readonly #options: ConnectionOptions;
  readonly #up: Pipe;
  readonly #down: Pipe;
  #relay: RelayConnection | null = null;
  /** The client still listens. */
  #isLive = true;
  #isBroken = false;

  constructor(options: ConnectionOptions) {
    this.#options = options;
    // Once something was swallowed nothing comes behind it: the stream has a hole.
    const isOpen = (): boolean => {
      if (options.route() === "blackHole") this.#isBroken = true;
      return !this.#isBroken;
    };
    this.#up = new Pipe(options, isOpen);
    this.#down = new Pipe(options, isOpen);
    this.#up.push(0, () => this.#dialled());
  }

  readonly send = (bytes: Uint8Array<ArrayBuffer>): void => {
    if (!this.#isLive || this.#relay === null) return;
    this.#up.push(bytes.length, () => this.#relay?.receive(bytes));
  };

  readonly close = (): void => {
    this.#isLive = false;
    this.#up.push(0, () => this.#hungUp());
  };

  readonly bufferedAmount = (): number => this.#up.bytes;

  cut(): void {
    this.#isBroken = true;
    this.#options.timers.after(0, () => {
      this.#hungUp();
      this.#ended(CLOSED_WITHOUT_WORD, "");
    });
  }

  #dialled(): void {
    const door = this.#options.relay();
    if (!this.#isLive) return this.#hungUp();
    if (door === undefined || this.#options.route() === "down") {
      this.#hungUp();
      return this.#ended(CLOSED_WITHOUT_WORD, "");
    }
    this.#relay = door.connect({
      send: (bytes) => this.#down.push(bytes.length, () => this.#received(bytes)),
      close: (code, reason) => {
        this.#options.timers.after(0, () => this.#hungUp());
        this.#down.push(0, () => this.#ended(code, reason));
      },
      bufferedAmount: () => this.#down.bytes,
    });
    this.#options.events.onOpen();
  }

  #received(bytes: Uint8Array): void {
    if (this.#isLive) this.#options.events.onMessage(bytes);
  }

  #hungUp(): void {
    const relay = this.#relay;
    this.#relay = null;
    if (!this.#isLive) this.#options.onEnd();
    relay?.closed();
  }

  #ended(code: number, reason: string): void {
    if (!this.#isLive) return;
    this.#isLive = false;
    this.#options.onEnd();
    this.#options.events.onClose(code, reason);
  }
}

/** One direction. */
class Pipe {
  readonly #options: ConnectionOptions;
  readonly #isOpen: () => boolean;
  readonly #waiting: { readonly bytes: number; readonly arrive: () => void }[] = [];
  bytes = 0;

  constructor(options: ConnectionOptions, isOpen: () => boolean) {
    this.#options = options;
    this.#isOpen = isOpen;
  }

  push(bytes: number, arrive: () => void): void {
    this.#waiting.push({ bytes, arrive });
    this.bytes += bytes;
    this.#options.timers.after(this.#options.delayMs(), () => this.#pop());
  }

  #pop(): void {
    const first = this.#waiting.shift();
    if (first === undefined) return;
    this.bytes -= first.bytes;
    if (this.#isOpen()) first.arrive();
  }
}
