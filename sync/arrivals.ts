/**
 * What our relay delivered and nobody has taken in yet. The relay's window bounds what is stored
 * ([SE13]) as long as nothing is in memory twice: what comes again while its first copy is here is
 * passed over, and what is ephemeral is not taken while much waits. docs/protocol/sync.md, rule [RX15].
 */
import type { MsgFrame } from "./wire/message-frames.ts";

/** Messages that wait, beyond which what is ephemeral is passed over. */
export const ARRIVED_MAX = 512;

export class Arrivals {
  /** Ids of what is stored: waiting, or taken and not done. */
  readonly #here = new Set<number>();
  #waiting: MsgFrame[] = [];

  /** How many wait to be taken. */
  get size(): number {
    return this.#waiting.length;
  }

  add(frames: readonly MsgFrame[]): void {
    const isBehind = this.size >= ARRIVED_MAX;
    for (const frame of frames) {
      if (frame.isEphemeral ? isBehind : this.#here.has(frame.id)) continue;
      if (!frame.isEphemeral) this.#here.add(frame.id);
      this.#waiting.push(frame);
    }
  }

  /** All that wait, to be handed to `done` whatever becomes of them. */
  take(): readonly MsgFrame[] {
    const taken = this.#waiting;
    this.#waiting = [];
    return taken;
  }

  /** They were committed, or could not be: from now on they may come again. */
  done(taken: readonly MsgFrame[]): void {
    for (const frame of taken) if (!frame.isEphemeral) this.#here.delete(frame.id);
  }
}
