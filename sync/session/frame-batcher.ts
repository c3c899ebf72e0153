/**
 * Collects the frames of one turn into few socket messages: they leave when the turn's microtasks
 * run, or when `BATCH_FLUSH_BYTES` are together. Order is kept. Rule [SE8].
 */
import { ByteWriter } from "../wire/byte-writer.ts";
import { type Frame, writeFrame } from "../wire/frames.ts";
import { BATCH_FLUSH_BYTES, BATCH_FRAMES_MAX } from "../wire/limits.ts";

export class FrameBatcher {
  readonly #writer = new ByteWriter();
  readonly #send: (batch: Uint8Array<ArrayBuffer>) => void;
  #frames = 0;
  #isScheduled = false;

  /** `send` is given each batch for good. */
  constructor(send: (batch: Uint8Array<ArrayBuffer>) => void) {
    this.#send = send;
  }

  push(frame: Frame): void {
    writeFrame(this.#writer, frame);
    this.#frames += 1;
    if (this.#writer.length >= BATCH_FLUSH_BYTES || this.#frames === BATCH_FRAMES_MAX) this.flush();
    if (this.#isScheduled || this.#frames === 0) return;
    this.#isScheduled = true;
    queueMicrotask(() => {
      this.#isScheduled = false;
      this.flush();
    });
  }

  /** Now, for a last word before closing. */
  flush(): void {
    if (this.#frames === 0) return;
    this.#frames = 0;
    this.#send(this.#writer.take());
  }
}
