/**
 * PUTs on their way to a relay: a bounded queue, a window of those that wait for their OK, and the
 * promise of each. Promises that every PUT ends exactly once, with the relay's word or with a typed
 * error. Rules [SE9] to [SE12].
 */
import { err, ok, type Result } from "../../crypto/base/result.ts";
import type { Timers } from "../clock/timers.ts";
import { PUTS_OUTSTANDING_MAX } from "../wire/limits.ts";
import type { OkFrame, PutStatus } from "../wire/ok-frame.ts";
import type { PutFrame } from "../wire/put-frame.ts";
import type { RelayLimits } from "../wire/welcome-frame.ts";
import type { PutError, PutRequest } from "./link.ts";

/** PUTs that wait to be sent. */
export const PUT_QUEUE_MAX = 256;
export const PUT_QUEUE_BYTES_MAX = 4 * 1024 * 1024;
/** Bodies that wait for their OK: keeps the socket's own buffer short. */
export const PUT_WINDOW_BYTES_MAX = 1024 * 1024;
/** A relay that answers PING but no PUT is no use. */
export const PUT_ANSWER_TIMEOUT_MS = 30_000;
/** What a caller is told when our own queue is full. */
export const PUT_QUEUE_RETRY_MS = 1_000;

export type PutResult = Result<readonly PutStatus[], PutError>;

type Pending = { readonly put: PutRequest; readonly settle: (result: PutResult) => void };

export type PutWindowOptions = {
  readonly timers: Timers;
  /** The PUT that waits longest has waited for `PUT_ANSWER_TIMEOUT_MS` since it is that one. */
  readonly onStuck: () => void;
};

export class PutWindow {
  readonly #options: PutWindowOptions;
  #queue: Pending[] = [];
  #queueBytes = 0;
  readonly #sent = new Map<number, Pending>();
  #sentBytes = 0;
  #request = 0;
  #gate: { readonly limits: RelayLimits; readonly send: (put: PutFrame) => void } | null = null;
  #cancelStuck: () => void = () => undefined;

  constructor(options: PutWindowOptions) {
    this.#options = options;
  }

  /** None waits for its OK. */
  get isAnswered(): boolean {
    return this.#sent.size === 0;
  }

  get isEmpty(): boolean {
    return this.isAnswered && this.#queue.length === 0;
  }

  add(put: PutRequest): Promise<PutResult> {
    const bytes = this.#queueBytes + put.body.length;
    if (this.#queue.length >= PUT_QUEUE_MAX || bytes > PUT_QUEUE_BYTES_MAX) {
      return Promise.resolve(err({ type: "Busy", retryAfterMs: PUT_QUEUE_RETRY_MS }));
    }
    const { promise, resolve } = Promise.withResolvers<PutResult>();
    this.#queue.push({ put, settle: resolve });
    this.#queueBytes = bytes;
    this.#pump();
    return promise;
  }

  /** The relay may be asked now. */
  open(limits: RelayLimits, send: (put: PutFrame) => void): void {
    this.#gate = { limits, send };
    this.#pump();
  }

  /** Nothing new is sent; answers still count. */
  pause(): void {
    this.#gate = null;
  }

  /** False when no such PUT was sent, or the answer does not fit it. */
  answer(frame: OkFrame): boolean {
    const pending = this.#take(frame.request);
    if (pending === undefined) return false;
    const fits = pending.put.targets.length === frame.statuses.length;
    pending.settle(fits ? ok(frame.statuses) : err({ type: "LinkDown" }));
    this.#pump();
    return fits;
  }

  /** The relay refused one PUT as a whole. False when no such PUT was sent. */
  refuse(request: number, retryAfterMs: number): boolean {
    const pending = this.#take(request);
    pending?.settle(err({ type: "Busy", retryAfterMs }));
    this.#pump();
    return pending !== undefined;
  }

  /** The connection is gone: everything ends here, sent or not. */
  down(): void {
    this.#gate = null;
    this.#cancelStuck();
    const ended = [...this.#sent.values(), ...this.#queue];
    this.#sent.clear();
    this.#sentBytes = 0;
    this.#queue = [];
    this.#queueBytes = 0;
    for (const pending of ended) pending.settle(err({ type: "LinkDown" }));
  }

  #pump(): void {
    for (let next = this.#queue[0]; next !== undefined; next = this.#queue[0]) {
      if (this.#gate === null || !this.#hasRoomFor(next.put)) return;
      this.#queue.shift();
      this.#queueBytes -= next.put.body.length;
      const { bodyBytesMax, targetsMax } = this.#gate.limits;
      if (next.put.body.length > bodyBytesMax || next.put.targets.length > targetsMax) {
        next.settle(err({ type: "TooLarge", bodyBytesMax, targetsMax }));
        continue;
      }
      this.#request += 1;
      if (this.isAnswered) this.#armStuck();
      this.#sent.set(this.#request, next);
      this.#sentBytes += next.put.body.length;
      this.#gate.send({ type: "put", request: this.#request, ...next.put });
    }
  }

  /** One always fits an empty window. */
  #hasRoomFor(put: PutRequest): boolean {
    if (this.isAnswered) return true;
    const bytes = this.#sentBytes + put.body.length;
    return this.#sent.size < PUTS_OUTSTANDING_MAX && bytes <= PUT_WINDOW_BYTES_MAX;
  }

  #take(request: number): Pending | undefined {
    const pending = this.#sent.get(request);
    if (pending === undefined) return undefined;
    const [longest] = this.#sent.keys();
    this.#sent.delete(request);
    this.#sentBytes -= pending.put.body.length;
    // On a slow way answers come late, but in turn. One that was passed over is lost.
    if (request !== longest) return pending;
    this.#cancelStuck();
    if (!this.isAnswered) this.#armStuck();
    return pending;
  }

  #armStuck(): void {
    const { timers, onStuck } = this.#options;
    this.#cancelStuck = timers.after(PUT_ANSWER_TIMEOUT_MS, onStuck);
  }
}
