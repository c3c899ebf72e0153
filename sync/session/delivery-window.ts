/**
 * Messages that a relay has delivered on this connection and that were not acknowledged yet. A relay
 * that ignores its window would fill our memory: beyond the widest window that can be granted it is
 * taken for faulty. Rule [SE13].
 */
import { BODY_BYTES_MAX, WINDOW_BYTES_MAX, WINDOW_MESSAGES_MAX } from "../wire/limits.ts";
import type { MsgFrame } from "../wire/message-frames.ts";

/** The last message of a window may reach beyond its end. */
const UNACKNOWLEDGED_BYTES_MAX = WINDOW_BYTES_MAX + BODY_BYTES_MAX;

export class DeliveryWindow {
  readonly #bytesById = new Map<number, number>();
  #bytes = 0;

  /** False when it does not fit. What is delivered again counts once; ephemeral messages do not. */
  admit(message: MsgFrame): boolean {
    if (message.isEphemeral || this.#bytesById.has(message.id)) return true;
    this.#bytesById.set(message.id, message.body.length);
    this.#bytes += message.body.length;
    return this.#bytesById.size <= WINDOW_MESSAGES_MAX && this.#bytes <= UNACKNOWLEDGED_BYTES_MAX;
  }

  acknowledge(ids: readonly number[]): void {
    for (const id of ids) {
      this.#bytes -= this.#bytesById.get(id) ?? 0;
      this.#bytesById.delete(id);
    }
  }
}
