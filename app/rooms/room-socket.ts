/**
 * A WebSocket, as far as the stock WebsocketProvider of y-websocket needs one, that leads to a room in the
 * engine. [ARK1] It opens with the first frame that comes from there. [ARK2] It closes with the room's own
 * code, by which the provider knows whether to come again.
 */
import type { RoomEars, RoomEnd } from "../engine/room-ends.ts";

export type DialRoom = (ears: RoomEars) => RoomEnd;

export type RoomSockets = {
  /** What the provider makes its sockets of. One is open at a time. */
  readonly Socket: typeof WebSocket;
  /** The person turns away: what was edited is written now. */
  readonly flush: () => void;
  /** Calls back when all that was edited up to now is on disk; never, if the socket closes before. */
  readonly keep: (then: () => void) => void;
};

/** Those who wait to hear that something is kept, at most; beyond it the oldest is forgotten. */
const WAITING_MAX = 64;

export function roomSockets(dial: DialRoom): RoomSockets {
  let end: RoomEnd | undefined;
  let last = 0;
  const waiting = new Map<number, () => void>();
  const opened = (ears: RoomEars): RoomEnd => {
    waiting.clear();
    const made = dial({
      ...ears,
      kept: (n) => {
        const then = waiting.get(n);
        waiting.delete(n);
        then?.();
      },
    });
    end = made;
    return made;
  };

  class RoomSocket {
    static readonly CONNECTING = 0;
    static readonly OPEN = 1;
    static readonly CLOSED = 3;
    readonly OPEN = 1;
    readyState: number = RoomSocket.CONNECTING;
    binaryType = "arraybuffer";
    onopen: ((event: object) => void) | null = null;
    onmessage: ((event: { readonly data: ArrayBufferLike }) => void) | null = null;
    onclose: ((event: { readonly code: number; readonly reason: string }) => void) | null = null;
    onerror: ((event: object) => void) | null = null;
    readonly #end: RoomEnd;

    constructor() {
      this.#end = opened({
        frame: (bytes) => {
          if (this.readyState === RoomSocket.CONNECTING) {
            this.readyState = RoomSocket.OPEN;
            this.onopen?.({});
          }
          this.onmessage?.({ data: bytes.slice().buffer });
        },
        kept: () => undefined,
        closed: (code) => {
          this.readyState = RoomSocket.CLOSED;
          this.onclose?.({ code, reason: "" });
        },
      });
    }

    send(bytes: Uint8Array): void {
      this.#end.frame(bytes);
    }

    close(): void {
      if (this.readyState === RoomSocket.CLOSED) return;
      this.readyState = RoomSocket.CLOSED;
      this.#end.close();
    }
  }

  return {
    Socket: RoomSocket as unknown as typeof WebSocket,
    flush: () => end?.flush(),
    keep: (then) => {
      last += 1;
      waiting.set(last, then);
      const [oldest] = waiting.keys();
      if (waiting.size > WAITING_MAX && oldest !== undefined) waiting.delete(oldest);
      end?.keep(last);
    },
  };
}
