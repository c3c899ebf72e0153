/**
 * Ids of messages: milliseconds times 1,024, or the last one plus one, whichever is more. Ids up to a
 * reserved mark may have been given out by a process that died, so a new one starts above the mark;
 * the mark is on disk before any id below it is. Hence no id is given twice, wherever the clock jumps.
 */
import { assert } from "../../crypto/base/assert.ts";

const IDS_PER_MS = 1_024;
/** How far ahead the mark is set: once a minute it is written. */
const RESERVE_IDS = 60_000 * IDS_PER_MS;
/** A clock beyond the year 2223 no longer moves ids: they still fit 53 bits for ever after. */
const CLOCK_MS_MAX = 8e12;

export const messageIdAt = (ms: number): number =>
  Math.min(Math.max(Math.trunc(ms), 0), CLOCK_MS_MAX) * IDS_PER_MS;

export const arrivedAtMs = (id: number): number => Math.floor(id / IDS_PER_MS);

export class MessageIds {
  #last: number;
  #reservedTo: number;

  constructor(reservedTo: number) {
    this.#last = reservedTo;
    this.#reservedTo = reservedTo;
  }

  get reservedTo(): number {
    return this.#reservedTo;
  }

  /** When this moved `reservedTo`, write it in the same commit as the message. */
  next(nowMs: number): number {
    this.#last = Math.max(this.#last + 1, messageIdAt(nowMs));
    if (this.#last >= this.#reservedTo) this.#reservedTo = this.#last + RESERVE_IDS;
    assert(Number.isSafeInteger(this.#reservedTo), "ids fit 53 bits");
    return this.#last;
  }
}
