/** A thread of the fleet, from outside: takes one order at a time, as long as it is wanted. */
import { Worker } from "node:worker_threads";

import { assert } from "../../crypto/base/assert.ts";
import type { Order, Said, Setup } from "./worker.ts";

/** What lives for an event is dropped at once, and need not be moved. */
const resourceLimits = { maxYoungGenerationSizeMb: 64 };
const FILE = new URL("worker.ts", import.meta.url);

export class Thread {
  readonly #worker: Worker;
  readonly #broke: (what: string) => void;
  #heard: (said: Said) => void = () => undefined;
  #end: (() => void) | null = null;
  #isGone = false;

  constructor(setup: Setup, broke: (what: string) => void) {
    this.#broke = broke;
    this.#worker = new Worker(FILE, { workerData: setup, resourceLimits });
    this.#worker.on("message", (said: Said) => {
      if ("done" in said) this.#end?.();
      else this.#heard(said);
    });
    this.#worker.on("error", (error) => {
      this.#isGone = true;
      this.#broke(error.stack ?? String(error));
      this.#end?.();
    });
    this.#worker.on("exit", () => {
      this.#isGone = true;
      this.#end?.();
    });
  }

  /** It broke off, or was ended: it takes no order any more. */
  get isGone(): boolean {
    return this.#isGone;
  }

  /** Settles when all is done, or it has broken off. */
  async run(order: Order, heard: (said: Said) => void): Promise<void> {
    assert(!this.#isGone, "a thread that is gone gets no orders");
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#heard = heard;
    this.#end = resolve;
    this.#worker.postMessage(order);
    await promise;
  }

  async end(): Promise<void> {
    await this.#worker.terminate();
  }
}
