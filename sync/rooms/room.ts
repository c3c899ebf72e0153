/**
 * A shared document's host inside a device: the y-websocket server of the tabs, and the end of the way
 * for what other devices wrote. Each tab runs the stock WebsocketProvider; between devices only signed
 * entries travel (room-update.ts). docs/protocol/rooms.md, [YR6] to [YR14] and [YR19].
 *
 * A tab sees its own edits at once and other tabs' in the same turn. What was edited becomes an entry
 * every FLUSH_MS, at FLUSH_BYTES, or when a tab asks for it (blur, close).
 */
import * as Y from "yjs";

import { assert } from "../../crypto/base/assert.ts";
import type { Timers } from "../clock/timers.ts";
import { NONCE_MAX, NONCES_MAX, type RoomUpdate, UPDATE_BYTES_MAX } from "../entry/room-body.ts";
import { Peers } from "./peers.ts";
import { ROOM_CLOSED, type RoomClosed } from "./room-closed.ts";
import { clientIdOf } from "./room-update.ts";
import {
  awarenessFrame,
  decodeTabFrame,
  type Peer,
  step1Frame,
  step2Frame,
  updateFrame,
} from "./y-frames.ts";
import { applied, clientsOf } from "./yjs-update.ts";

export const FLUSH_MS = 2_000;
export const FLUSH_BYTES = 16 * 1_024;
/** The provider gives up after 30 seconds of silence. */
export const KEEP_ALIVE_MS = 10_000;
export const DOCUMENT_BYTES_MAX = 8 * 1_024 * 1_024;
/** … to which other devices, that wrote meanwhile, may have brought it. Beyond it nothing is taken in. */
export const MERGED_BYTES_MAX = 4 * DOCUMENT_BYTES_MAX;
export const TABS_MAX = 64;
/** Editors of ours, newest last, whose unwritten work a tab may bring back after a restart. */
export const NONCES_REMEMBERED_MAX = 256;

/** A tab's end of its socket. */
export type TabSocket = {
  readonly frame: (bytes: Uint8Array) => void;
  readonly close: (code: RoomClosed) => void;
};

/** What the tab's socket calls. */
export type Tab = {
  readonly frame: (bytes: Uint8Array) => void;
  readonly flush: () => void;
  /** Calls back when all that this tab has edited so far is kept. */
  readonly kept: (then: () => void) => void;
  readonly closed: () => void;
};

export type RoomDeps = {
  readonly timers: Timers;
  readonly room: string;
  /** Our own log in the document's channel, 16 bytes. */
  readonly log: Uint8Array;
  /** First nonce that no editor of this log had, as far as is known. */
  readonly nextNonce: number;
  /** So many are passed over: what a disk that was put back does not know of is not given away again. */
  readonly leap: number;
  /** The document as it was kept; null: nothing was written yet. */
  readonly state: Uint8Array | null;
  /**
   * To be appended to our log. It is in the document already, and nothing else is that was not handed
   * over. Settles when it is durable.
   */
  readonly wrote: (update: RoomUpdate) => Promise<void>;
  /** Editors of ours moved, came or left: to be told to other devices that are there now. */
  readonly moved: (peers: readonly Peer[]) => void;
};

export type Room = {
  /** A Yjs client id that a tab's document must have before it edits. Nobody ever had it. */
  readonly newClient: () => number;
  /** `client`: of `newClient`; a tab that comes again takes its old place. The code: refused. */
  readonly attach: (socket: TabSocket, client: number) => Tab | RoomClosed;
  /** An update of another device, from a verified entry (decodeRoomUpdate). False: Yjs refused it. */
  readonly apply: (update: Uint8Array) => boolean;
  /** Where editors of another device are. `log` and `nonces`: whose they may be. */
  readonly hear: (log: Uint8Array, nonces: readonly number[], peers: readonly Peer[]) => void;
  /** The whole document as one update: what is kept, and what a snapshot carries. */
  readonly state: () => Uint8Array;
  readonly nextNonce: () => number;
  /**
   * The plain values in a map of the document. What is nested in it is left out: it may be nested more deeply than
   * can be walked.
   */
  readonly map: (name: string) => Readonly<Record<string, unknown>>;
  /**
   * All that these editors of ours ever did, in as many updates as it takes; undefined: that of one does not
   * fit an entry. Nothing of it is unwritten: call `flush` in the same turn.
   */
  readonly parts: (nonces: readonly number[]) => readonly RoomUpdate[] | undefined;
  readonly flush: () => void;
  /** Flushes what is unwritten and closes every tab. */
  readonly close: (code: RoomClosed) => void;
};

type Seat = { readonly socket: TabSocket; readonly client: number };

export const openRoom = (deps: RoomDeps): Room => new HostedRoom(deps);

class HostedRoom implements Room {
  readonly #deps: RoomDeps;
  readonly #doc = new Y.Doc();
  readonly #peers = new Peers();
  readonly #seats = new Set<Seat>();
  /** Nonces of ours by client id. */
  readonly #nonceOf = new Map<number, number>();
  #nextNonce: number;
  #unwritten: Uint8Array[] = [];
  #unwrittenBytes = 0;
  #documentBytes: number;
  /** The last `wrote`, and who waits for the next. */
  #durable: Promise<void> = Promise.resolve();
  #waiting: (() => void)[] = [];
  #cancelFlush: (() => void) | undefined;
  #cancelKeepAlive: (() => void) | undefined;

  constructor(deps: RoomDeps) {
    this.#deps = deps;
    this.#nextNonce = deps.nextNonce + deps.leap;
    for (let back = NONCES_REMEMBERED_MAX; back >= 1; back -= 1) {
      if (deps.nextNonce >= back) this.#remember(deps.nextNonce - back);
    }
    this.#documentBytes = deps.state?.length ?? 0;
    if (deps.state !== null) {
      assert(applied(this.#doc, deps.state, null), "what we kept is a document");
    }
    this.#doc.on("update", (update: Uint8Array, origin: unknown) => {
      this.#tell(updateFrame(update), origin);
    });
  }

  readonly newClient = (): number => {
    assert(this.#nextNonce < NONCE_MAX, "a nonce for every editor");
    this.#nextNonce += 1;
    return this.#remember(this.#nextNonce - 1);
  };

  readonly attach = (socket: TabSocket, client: number): Tab | RoomClosed => {
    if (!this.#nonceOf.has(client)) return ROOM_CLOSED.forbidden;
    for (const seat of this.#seats) if (seat.client === client) this.#seats.delete(seat);
    if (this.#seats.size >= TABS_MAX) return ROOM_CLOSED.restart;
    const seat: Seat = { socket, client };
    this.#seats.add(seat);
    this.#keepAlive();
    socket.frame(step1Frame(Y.encodeStateVector(this.#doc)));
    socket.frame(awarenessFrame(this.#peers.all()));
    return {
      frame: (bytes) => this.#heard(seat, bytes),
      flush: this.flush,
      kept: this.#kept,
      closed: () => this.#leave(seat),
    };
  };

  readonly apply = (update: Uint8Array): boolean => {
    if (!this.#hasRoomFor(update.length, MERGED_BYTES_MAX)) return false;
    this.#documentBytes += update.length;
    return applied(this.#doc, update, null);
  };

  readonly hear = (log: Uint8Array, nonces: readonly number[], peers: readonly Peer[]): void => {
    const clients = new Set(nonces.map((it) => clientIdOf(this.#deps.room, log, it)));
    const theirs = peers.filter((it) => clients.has(it.client));
    const news = this.#peers.take(theirs);
    if (news.length > 0) this.#tell(awarenessFrame(news), null);
  };

  readonly state = (): Uint8Array => Y.encodeStateAsUpdate(this.#doc);

  readonly nextNonce = (): number => this.#nextNonce;

  readonly parts: Room["parts"] = (nonces) => {
    const { room, log } = this.#deps;
    const clients = nonces.map((it) => clientIdOf(room, log, it));
    const clocks = Y.decodeStateVector(Y.encodeStateVector(this.#doc));
    for (const client of clients) clocks.delete(client);
    const update = Y.encodeStateAsUpdate(this.#doc, Y.encodeStateVector(clocks));
    const isFit = update.length <= UPDATE_BYTES_MAX && nonces.length <= NONCES_MAX;
    if (isFit) return [{ room, nonces: nonces.toSorted((a, b) => a - b), update }];
    if (nonces.length < 2) return undefined;
    const half = Math.ceil(nonces.length / 2);
    const [one, other] = [this.parts(nonces.slice(0, half)), this.parts(nonces.slice(half))];
    return one && other && [...one, ...other];
  };

  readonly map: Room["map"] = (name) =>
    Object.fromEntries(
      [...this.#doc.getMap(name)].filter(([, value]) => !(value instanceof Y.AbstractType)),
    );

  readonly flush = (): void => {
    this.#cancelFlush?.();
    this.#cancelFlush = undefined;
    if (this.#unwritten.length === 0) return;
    const update = Y.mergeUpdates(this.#unwritten);
    this.#unwritten = [];
    this.#unwrittenBytes = 0;
    const nonces = [...(clientsOf(update) ?? [])].map((it) => this.#nonceOf.get(it) ?? -1);
    assert(!nonces.includes(-1), "what our tabs wrote is in our name");
    const sorted = nonces.toSorted((a, b) => a - b);
    this.#durable = this.#deps.wrote({ room: this.#deps.room, nonces: sorted, update });
    // Whoever could not keep it closes the room.
    this.#durable.catch(() => undefined);
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const then of waiting) this.#kept(then);
  };

  /** What could not be kept closes the room: then nobody is called back. */
  readonly #kept = (then: () => void): void => {
    if (this.#unwritten.length > 0) this.#waiting.push(then);
    else this.#durable.then(then, () => undefined);
  };

  readonly close = (code: RoomClosed): void => {
    this.flush();
    this.#cancelKeepAlive?.();
    for (const { socket } of this.#seats) socket.close(code);
    this.#seats.clear();
    this.#doc.destroy();
  };

  #remember(nonce: number): number {
    const client = clientIdOf(this.#deps.room, this.#deps.log, nonce);
    this.#nonceOf.set(client, nonce);
    return client;
  }

  #heard(seat: Seat, bytes: Uint8Array): void {
    if (!this.#seats.has(seat)) return;
    const frame = decodeTabFrame(bytes);
    switch (frame?.type) {
      case undefined:
        return this.#expel(seat, ROOM_CLOSED.malformed);
      case "step1":
        return this.#answer(seat, frame.vector);
      case "update":
        return this.#edit(seat, frame.update);
      case "awareness": {
        // A provider repeats what it hears of others: each editor speaks for itself.
        const own = frame.peers.filter((it) => it.client === seat.client);
        return this.#move(this.#peers.take(own), seat);
      }
      case "queryAwareness":
        return seat.socket.frame(awarenessFrame(this.#peers.all()));
    }
  }

  #answer(seat: Seat, vector: Uint8Array): void {
    let missing: Uint8Array;
    try {
      missing = Y.encodeStateAsUpdate(this.#doc, vector);
    } catch {
      return this.#expel(seat, ROOM_CLOSED.malformed);
    }
    seat.socket.frame(step2Frame(missing));
  }

  #edit(seat: Seat, update: Uint8Array): void {
    const fresh = this.#freshOf(update);
    if (fresh === undefined) return this.#expel(seat, ROOM_CLOSED.malformed);
    if (fresh.length === 0) return;
    const isTooLarge = !this.#hasRoomFor(fresh.length, DOCUMENT_BYTES_MAX);
    if (isTooLarge || fresh.length > UPDATE_BYTES_MAX) return this.#expel(seat, ROOM_CLOSED.full);
    // First: what is handed over is all that the document holds then.
    const isFull = this.#unwrittenBytes + fresh.length > UPDATE_BYTES_MAX;
    if (isFull || this.#authors().size >= NONCES_MAX) this.flush();
    if (!applied(this.#doc, fresh, seat)) return this.#expel(seat, ROOM_CLOSED.malformed);
    this.#documentBytes += fresh.length;
    this.#unwritten.push(fresh);
    this.#unwrittenBytes += fresh.length;
    if (this.#unwrittenBytes >= FLUSH_BYTES) return this.flush();
    this.#cancelFlush ??= this.#deps.timers.after(FLUSH_MS, this.flush);
  }

  /** Updates are added up; what was deleted since takes no room, so it is measured before it is refused. */
  #hasRoomFor(bytes: number, max: number): boolean {
    if (this.#documentBytes + bytes <= max) return true;
    this.#documentBytes = this.state().length;
    return this.#documentBytes + bytes <= max;
  }

  /** What the document lacks of it; undefined: Yjs cannot read it, or it is in a stranger's name. */
  #freshOf(update: Uint8Array): Uint8Array | undefined {
    try {
      const fresh = Y.diffUpdate(update, Y.encodeStateVector(this.#doc));
      const clients = clientsOf(fresh);
      if (clients === undefined) return undefined;
      const isOurs = [...clients].every((it) => this.#nonceOf.has(it));
      if (!isOurs) return undefined;
      return clients.size === 0 && hasNoDeletes(fresh) ? new Uint8Array(0) : fresh;
    } catch {
      return undefined;
    }
  }

  #authors(): ReadonlySet<number> {
    return new Set(this.#unwritten.flatMap((it) => [...(clientsOf(it) ?? [])]));
  }

  #move(news: readonly Peer[], origin: Seat): void {
    if (news.length === 0) return;
    this.#tell(awarenessFrame(news), origin);
    this.#deps.moved(news);
  }

  #leave(seat: Seat): void {
    if (!this.#seats.delete(seat)) return;
    const farewell = this.#peers.farewellOf(seat.client);
    if (farewell !== undefined) this.#move(this.#peers.take([farewell]), seat);
    this.flush();
  }

  #expel(seat: Seat, code: RoomClosed): void {
    seat.socket.close(code);
    this.#leave(seat);
  }

  #tell(frame: Uint8Array, origin: unknown): void {
    for (const seat of this.#seats) if (seat !== origin) seat.socket.frame(frame);
  }

  #keepAlive(): void {
    this.#cancelKeepAlive ??= this.#deps.timers.after(KEEP_ALIVE_MS, () => {
      this.#cancelKeepAlive = undefined;
      if (this.#seats.size === 0) return;
      this.#tell(awarenessFrame([]), null);
      this.#keepAlive();
    });
  }
}

const hasNoDeletes = (update: Uint8Array): boolean => Y.decodeUpdate(update).ds.clients.size === 0;
