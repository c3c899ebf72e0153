/**
 * The way between devices and a relay. A connection is an ordered stream each way; it breaks (bytes in
 * flight may still arrive), it falls into a black hole (nobody is told), its device is cut off. Under
 * a hostile way single frames are dropped, doubled or overtaken, which no TLS stream does: it stands
 * for a relay that treats its clients so.
 */
import { toHex } from "../../crypto/base/hex.ts";
import { err, ok, type Result } from "../../crypto/base/result.ts";
import { readBody, readBytes } from "../../sync/transport/bounded-body.ts";
import type { RelayConnection, RelayDoor } from "../../sync/transport/memory-transport.ts";
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
} from "../../sync/transport/transport.ts";
import { decodeBatch, encodeFrame, type Frame, type FrameType } from "../../sync/wire/frames.ts";
import type { Chance } from "./chance.ts";
import type { Kernel } from "./kernel.ts";

/** How long a relay may believe in a connection that is gone. */
const HALF_OPEN_MS_MAX = 20_000;
const BREAK_MS_MAX = 200;
const OVERTAKE_MS_MAX = 400;
/** Without these there is no connection that could be treated badly. */
const SPARED: ReadonlySet<FrameType> = new Set(["welcome", "auth", "authed", "goaway", "err"]);
/** A second OK is a protocol error that ends the connection: it would hide everything else. */
const SINGLE: ReadonlySet<FrameType> = new Set([...SPARED, "ok", "put"]);

export type Direction = "up" | "down";

/** A connection: whose it is, which of all, and the address of its relay. */
export type Line = { readonly who: string; readonly n: number; readonly url: string };

/** Hears every byte on every wire. */
export type Tap = {
  readonly frames: (
    line: Line,
    direction: Direction,
    moment: "sent" | "arrived",
    frames: readonly Frame[],
    bytes: Uint8Array,
  ) => void;
  readonly http: (who: string, text: string) => void;
  readonly happened: (situation: string) => void;
};

/** `blackHole`: everything is swallowed both ways. `down`: nothing can be dialled. */
export type Route = "up" | "down" | "blackHole";

export type NetworkOptions = {
  readonly kernel: Kernel;
  readonly chance: Chance;
  readonly tap: Tap;
  /** Of the relay at that address; undefined: it is down. */
  readonly door: (url: string) => RelayDoor | undefined;
  /** Share of the frames that are dropped, doubled or overtaken, 0 to 1. */
  readonly hostility: () => number;
};

export class Network {
  readonly options: NetworkOptions;
  readonly #streams = new Set<Stream>();
  #count = 0;

  constructor(options: NetworkOptions) {
    this.options = options;
  }

  plug(who: string, isAlive: () => boolean, atWire: AtWire): Plug {
    return new Plug(this, who, isAlive, atWire);
  }

  /** 1 to 80 ms, sometimes a second. */
  delayMs(): number {
    const { chance } = this.options;
    return chance.happens(0.02) ? chance.between(200, 1_500) : chance.between(1, 80);
  }

  add(make: (n: number) => Stream): Stream {
    this.#count += 1;
    const stream = make(this.#count);
    this.#streams.add(stream);
    return stream;
  }

  remove(stream: Stream): void {
    this.#streams.delete(stream);
  }

  streamsOf(plug: Plug): readonly Stream[] {
    return [...this.#streams].filter((it) => it.plug === plug);
  }

  /** The relay's process is gone: mostly its machine still says so. */
  relayGone(url: string): void {
    for (const stream of this.#streams) if (stream.line.url === url) stream.relayGone();
  }
}

/** Called before and after bytes pass the device's end of a wire: it may die there. */
export type AtWire = (moment: "beforeSend" | "afterSend" | "beforeReceive") => void;

/** A device's part of the network, as long as the device lives. */
export class Plug implements Transport {
  readonly network: Network;
  readonly who: string;
  readonly isAlive: () => boolean;
  readonly atWire: AtWire;
  #route: Route = "up";

  constructor(network: Network, who: string, isAlive: () => boolean, atWire: AtWire) {
    this.network = network;
    this.who = who;
    this.isAlive = isAlive;
    this.atWire = atWire;
  }

  get route(): Route {
    return this.#route;
  }

  set route(route: Route) {
    this.#route = route;
    if (route === "down") this.breakAll();
    if (route === "blackHole") for (const stream of this.network.streamsOf(this)) stream.swallow();
  }

  /** Every connection ends without a word, on both sides. */
  breakAll(): void {
    for (const stream of this.network.streamsOf(this)) stream.break();
  }

  /** The device is gone; the relay finds out sooner or later. */
  deviceGone(): void {
    for (const stream of this.network.streamsOf(this)) stream.deviceGone();
  }

  readonly connect = (url: string, events: WireEvents): Wire =>
    this.network.add((n) => new Stream(this, { who: this.who, n, url: originOf(url) }, events));

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

  async #answered<Answer extends HttpAnswer | Download>(
    timeoutMs: number,
    request: HttpRequest,
    read: (response: Response) => Promise<Answer | null>,
  ): Promise<Result<Answer, Unreachable>> {
    const { kernel } = this.network.options;
    const { promise, resolve } = Promise.withResolvers<Result<Answer, Unreachable>>();
    const cancel = kernel.afterWhile(this.isAlive)(timeoutMs, () => resolve(UNREACHABLE));
    const answer = await Promise.race([promise, this.#exchange(request, read)]);
    cancel();
    return answer;
  }

  async #exchange<Answer extends HttpAnswer | Download>(
    { method, url, headers, body }: HttpRequest,
    read: (response: Response) => Promise<Answer | null>,
  ): Promise<Result<Answer, Unreachable>> {
    const { tap, door } = this.network.options;
    tap.http(this.who, `${method} ${url} ${JSON.stringify(headers)} ${textOf(body ?? "")}`);
    await this.#travel();
    const relay = door(originOf(url));
    if (this.#isDown() || relay === undefined) return UNREACHABLE;
    const init = { method, headers, ...(body === undefined ? {} : { body }) };
    const answer = await read(await relay.fetch(new Request(url, init)));
    if (answer !== null) {
      tap.http(
        this.who,
        `${answer.status} ${textOf("body" in answer ? answer.body : answer.bytes)}`,
      );
    }
    await this.#travel();
    if (this.#isDown() || answer === null) return UNREACHABLE;
    return ok(answer);
  }

  #isDown(): boolean {
    return this.#route === "down";
  }

  /** One way; into a black hole it never ends. */
  #travel(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.network.options.kernel.afterWhile(this.isAlive)(this.network.delayMs(), () => {
      if (this.#route !== "blackHole") resolve();
    });
    return promise;
  }
}

/** Of a socket or of HTTP. */
const originOf = (url: string): string => new URL(url.replace(/^ws/u, "http")).origin;

const UNREACHABLE: Result<never, Unreachable> = err({ type: "Unreachable" });

const textOf = (body: string | Uint8Array): string =>
  typeof body === "string" ? body : toHex(body);

/** Both ends of one connection. */
class Stream implements Wire {
  readonly plug: Plug;
  readonly line: Line;
  readonly #events: WireEvents;
  #relay: RelayConnection | null = null;
  /** The client still listens. */
  #isClient = true;
  /** Bytes of that direction still arrive. */
  readonly #flows: Record<Direction, boolean> = { up: true, down: true };
  /** When the newest byte of that direction arrives. */
  readonly #arrivalMs: Record<Direction, number> = { up: 0, down: 0 };
  readonly #inFlight: Record<Direction, number> = { up: 0, down: 0 };

  constructor(plug: Plug, line: Line, events: WireEvents) {
    this.plug = plug;
    this.line = line;
    this.#events = events;
    if (plug.route === "blackHole") this.swallow();
    this.#travel("up", 0, () => this.#dialled());
  }

  readonly send = (bytes: Uint8Array<ArrayBuffer>): void => {
    if (!this.plug.isAlive() || !this.#isClient || this.#relay === null) return;
    this.plug.atWire("beforeSend");
    if (!this.plug.isAlive()) return;
    this.#carry("up", bytes, (arrived) => this.#relay?.receive(arrived));
    this.plug.atWire("afterSend");
  };

  readonly close = (): void => {
    this.#isClient = false;
    this.#travel("up", 0, () => this.#hungUp());
  };

  readonly bufferedAmount = (): number => this.#inFlight.up;

  break(): void {
    const { chance, tap } = this.plug.network.options;
    const isDrained = chance.happens(0.5);
    if (isDrained && this.#inFlight.up > 0) tap.happened("bytes in flight arrive after a break");
    if (!isDrained) this.#flows.up = false;
    if (chance.happens(0.5)) this.#flows.down = false;
    this.#afterwards("up", this.#relayLearnsMs(), () => this.#hungUp());
    this.#afterwards("down", chance.between(1, BREAK_MS_MAX), () =>
      this.#ended(CLOSED_WITHOUT_WORD, ""),
    );
  }

  swallow(): void {
    this.#flows.up = false;
    this.#flows.down = false;
  }

  deviceGone(): void {
    const { chance } = this.plug.network.options;
    this.#isClient = false;
    this.#flows.down = false;
    if (chance.happens(0.3)) this.#flows.up = false;
    this.#afterwards("up", this.#relayLearnsMs(), () => this.#hungUp());
  }

  relayGone(): void {
    const { chance } = this.plug.network.options;
    this.#relay = null;
    this.#flows.up = false;
    if (chance.happens(0.1)) this.#flows.down = false;
    else this.#afterwards("down", 1, () => this.#ended(CLOSED_WITHOUT_WORD, ""));
  }

  #relayLearnsMs(): number {
    const { chance } = this.plug.network.options;
    return chance.happens(0.1) ? chance.below(HALF_OPEN_MS_MAX) : chance.between(1, BREAK_MS_MAX);
  }

  #dialled(): void {
    const door = this.plug.network.options.door(this.line.url);
    if (!this.#isClient) return this.#hungUp();
    if (door === undefined || this.plug.route === "down") {
      return this.#ended(CLOSED_WITHOUT_WORD, "");
    }
    this.#events.onOpen();
    if (!this.#isClient) return;
    this.#relay = door.connect({
      send: (bytes) => this.#carry("down", bytes, (arrived) => this.#received(arrived)),
      close: (code, reason) => {
        this.#afterwards("up", 0, () => this.#hungUp());
        this.#afterwards("down", 1, () => this.#ended(code, reason));
      },
      bufferedAmount: () => this.#inFlight.down,
    });
  }

  #received(bytes: Uint8Array): void {
    if (!this.#isClient || !this.plug.isAlive()) return;
    this.plug.atWire("beforeReceive");
    if (this.plug.isAlive()) this.#events.onMessage(bytes);
  }

  #hungUp(): void {
    const relay = this.#relay;
    this.#relay = null;
    if (!this.#isClient) this.plug.network.remove(this);
    relay?.closed();
  }

  #ended(code: number, reason: string): void {
    if (!this.#isClient) return;
    this.#isClient = false;
    this.plug.network.remove(this);
    if (this.plug.isAlive()) this.#events.onClose(code, reason);
  }

  /** One message: whole and in order, unless the way is hostile. */
  #carry(direction: Direction, bytes: Uint8Array, arrive: (bytes: Uint8Array) => void): void {
    const { tap, hostility } = this.plug.network.options;
    const decoded = decodeBatch(bytes);
    const frames = decoded.ok ? decoded.value : [];
    tap.frames(this.line, direction, "sent", frames, bytes);
    const deliver = (batch: readonly Frame[], whole: Uint8Array): void => {
      tap.frames(this.line, direction, "arrived", batch, whole);
      arrive(whole);
    };
    if (hostility() === 0) {
      this.#travel(direction, bytes.length, () => deliver(frames, bytes));
      return;
    }
    for (const frame of frames) {
      const one = encodeFrame(frame);
      this.#treat(direction, frame, () => deliver([frame], one));
    }
  }

  /** Under a hostile way every frame travels alone, and some have bad luck. */
  #treat(direction: Direction, frame: Frame, arrive: () => void): void {
    const { chance, hostility, tap } = this.plug.network.options;
    const luck = SPARED.has(frame.type) ? 1 : chance.fraction() / hostility();
    if (luck >= 1) return this.#travel(direction, 1, arrive);
    if (luck < 1 / 3) return tap.happened("a frame is dropped");
    if (luck < 2 / 3 && !SINGLE.has(frame.type)) {
      tap.happened("a frame is doubled");
      this.#travel(direction, 1, arrive);
      this.#travel(direction, 1, arrive);
      return;
    }
    tap.happened("a frame is overtaken");
    const { kernel } = this.plug.network.options;
    kernel.after(this.plug.network.delayMs() + chance.below(OVERTAKE_MS_MAX), () => {
      if (this.#flows[direction]) arrive();
    });
  }

  /** In order behind everything that travels in that direction. */
  #travel(direction: Direction, bytes: number, arrive: () => void): void {
    const { kernel } = this.plug.network.options;
    const arrivalMs = Math.max(
      this.#arrivalMs[direction],
      kernel.now() + this.plug.network.delayMs(),
    );
    this.#arrivalMs[direction] = arrivalMs;
    this.#inFlight[direction] += bytes;
    kernel.after(arrivalMs - kernel.now(), () => {
      if (!this.#flows[direction]) return;
      this.#inFlight[direction] -= bytes;
      arrive();
    });
  }

  /** Behind what is in flight, if that still arrives. It happens even in a broken direction. */
  #afterwards(direction: Direction, ms: number, run: () => void): void {
    const { kernel } = this.plug.network.options;
    const flightMs = this.#flows[direction] ? this.#arrivalMs[direction] - kernel.now() : 0;
    kernel.after(Math.max(flightMs, 0) + ms, run);
  }
}
