/**
 * Frames on their way to one socket. They are packed as they come and sent once a turn, or as soon as
 * a batch is full: packing saves more than a faster server would.
 */
import { ByteWriter } from "../sync/wire/byte-writer.ts";
import { type Frame, writeFrame } from "../sync/wire/frames.ts";
import { BATCH_FLUSH_BYTES, BATCH_FRAMES_MAX } from "../sync/wire/limits.ts";
import type { Socket } from "./ports.ts";

export class Outgoing {
  readonly #socket: Socket;
  readonly #wantTurn: (outgoing: Outgoing) => void;
  readonly #writer = new ByteWriter();
  #frames = 0;
  #isClosed = false;
  #isHeldUp = false;
  /** Told when a batch does not leave at once, and not again before `emptied`. */
  owner: { readonly heldUp: () => void } | null = null;

  constructor(socket: Socket, wantTurn: (outgoing: Outgoing) => void) {
    this.#socket = socket;
    this.#wantTurn = wantTurn;
  }

  push(frame: Frame): void {
    if (this.#isClosed) return;
    if (this.#frames === 0) this.#wantTurn(this);
    writeFrame(this.#writer, frame);
    this.#frames += 1;
    if (this.#writer.length >= BATCH_FLUSH_BYTES || this.#frames >= BATCH_FRAMES_MAX) this.flush();
  }

  flush(): void {
    if (this.#frames === 0 || this.#isClosed) return;
    this.#frames = 0;
    this.#socket.send(this.#writer.take());
    if (this.#isHeldUp || this.#socket.bufferedAmount() === 0) return;
    this.#isHeldUp = true;
    this.owner?.heldUp();
  }

  emptied(): void {
    this.#isHeldUp = false;
  }

  /** Bytes that have not left: packed here or in the socket. */
  get buffered(): number {
    return this.#writer.length + this.#socket.bufferedAmount();
  }

  close(code: number, reason: string): void {
    if (this.#isClosed) return;
    this.flush();
    this.#isClosed = true;
    this.#socket.close(code, reason);
  }

  /** The socket is gone by itself. */
  end(): void {
    this.#isClosed = true;
  }
}
