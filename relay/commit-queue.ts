/**
 * Group commit: operations of one turn go to the store in one durable step, and nothing is answered
 * before it is done. One commit runs at a time; what comes meanwhile is the next one.
 */
import { err, ok, type Result } from "../crypto/base/result.ts";
import {
  COMMIT_OPS_MAX,
  COMMIT_RETRY_MS,
  COMMIT_WAITING_BYTES_MAX,
  COMMIT_WAITING_MAX,
  FLUSH_AFTER_MS,
  PAGE_RETRY_MS,
} from "./limits.ts";
import type { Now, Timers, Turn } from "./ports.ts";
import type { OpOf, Store, StoreAnswers, StoreError, StoreOp, StoreOpType } from "./store/store.ts";

type Waiting = {
  readonly op: StoreOp;
  readonly done: (result: Result<StoreAnswers[StoreOpType], StoreError>) => void;
};

export type CommitQueueOptions = {
  readonly store: Store;
  readonly now: Now;
  readonly timers: Timers;
  readonly turn: Turn;
  /** After the answers of a commit were given. */
  readonly committed: () => void;
  readonly count: (name: string, count?: number) => void;
};

export class CommitQueue {
  readonly #options: CommitQueueOptions;
  #waiting: Waiting[] = [];
  #waitingBytes = 0;
  #isScheduled = false;
  #idle: (() => void)[] = [];
  #isStopped = false;
  #cancelTend: (() => void) | null = null;
  #tendAtMs = Number.POSITIVE_INFINITY;

  constructor(options: CommitQueueOptions) {
    this.#options = options;
    this.#tendAfter(0);
  }

  /** True when PUTs should be told to come later. */
  get isFull(): boolean {
    return (
      this.#waiting.length >= COMMIT_WAITING_MAX || this.#waitingBytes >= COMMIT_WAITING_BYTES_MAX
    );
  }

  /** How full, 0 to 1. */
  get fill(): number {
    return Math.max(
      this.#waiting.length / COMMIT_WAITING_MAX,
      this.#waitingBytes / COMMIT_WAITING_BYTES_MAX,
    );
  }

  /** `done` is called once, after the commit, in the order of submission. */
  submit<Type extends StoreOpType>(
    op: OpOf<Type>,
    done: (result: Result<StoreAnswers[Type], StoreError>) => void,
  ): void {
    // The store answers an operation with the answer of its type.
    this.#waiting.push({ op, done: done as Waiting["done"] });
    this.#waitingBytes += bodyBytesOf(op);
    this.#schedule();
  }

  execute<Type extends StoreOpType>(
    op: OpOf<Type>,
  ): Promise<Result<StoreAnswers[Type], StoreError>> {
    const { promise, resolve } = Promise.withResolvers<Result<StoreAnswers[Type], StoreError>>();
    this.submit<Type>(op, resolve);
    return promise;
  }

  /** Settles when nothing waits. */
  async drained(): Promise<void> {
    if (this.#waiting.length === 0 && !this.#isScheduled) return;
    const { promise, resolve } = Promise.withResolvers<undefined>();
    this.#idle.push(() => resolve(undefined));
    await promise;
  }

  stop(): void {
    this.#isStopped = true;
    this.#cancelTend?.();
  }

  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    this.#options.turn(() => void this.#commit());
  }

  async #commit(): Promise<void> {
    const batch = this.#waiting.slice(0, COMMIT_OPS_MAX);
    this.#waiting = this.#waiting.slice(COMMIT_OPS_MAX);
    const { store, now, count } = this.#options;
    const ops = batch.map(({ op }) => op);
    const done = await store.commit(ops, now());
    count("commits");
    count("operations", batch.length);
    if (!done.ok) count(done.error.cause === "full" ? "commitsFull" : "commitsFailed");
    for (const [index, { op, done: answer }] of batch.entries()) {
      this.#waitingBytes -= bodyBytesOf(op);
      const value = done.ok ? done.value[index] : undefined;
      answer(value === undefined ? err(failureOf(done)) : ok(value));
    }
    this.#options.committed();
    this.#tendAfter(FLUSH_AFTER_MS);
    // A store that failed reads itself anew: no faster than this, however many ask.
    if (done.ok) this.#next();
    else this.#options.timers.after(COMMIT_RETRY_MS, () => this.#next());
  }

  #next(): void {
    this.#isScheduled = false;
    if (this.#waiting.length > 0) this.#schedule();
    else for (const idle of this.#idle.splice(0)) idle();
  }

  /** One timer for the store's own work; an earlier wish moves it. */
  #tendAfter(ms: number): void {
    const atMs = this.#options.now() + ms;
    if (this.#isStopped || (this.#cancelTend !== null && this.#tendAtMs <= atMs)) return;
    this.#cancelTend?.();
    this.#tendAtMs = atMs;
    this.#cancelTend = this.#options.timers.after(ms, () => void this.#tend());
  }

  async #tend(): Promise<void> {
    this.#cancelTend = null;
    const nowMs = this.#options.now();
    const tended = await this.#options.store.tend(nowMs);
    if (this.#isStopped) return;
    if (!tended.ok) this.#options.count("tendsFailed");
    this.#tendAfter(tended.ok ? Math.max(0, tended.value.againAtMs - nowMs) : PAGE_RETRY_MS);
  }
}

const bodyBytesOf = (op: StoreOp): number => (op.type === "put" ? op.body.length : 0);

const failureOf = (done: Result<unknown, StoreError>): StoreError =>
  done.ok ? { type: "StoreFailed", cause: "io" } : done.error;
