/**
 * Trying a passphrase beside everything else: each in a worker, which ends with it. [ATR1] Who aborts ends
 * it at once. [ATR2] A worker that fails, as where the memory is not there, is said. [ATR3] What was made
 * last is not made again: a file is read twice.
 */
import type { Stretch, StretchAsk } from "../../../crypto/backup/stretch.ts";
import { equalBytes } from "../../../crypto/base/bytes.ts";
import { ownScriptUrl } from "../../platform/script-url.ts";
import type { FromStretch } from "./stretch-answer.ts";
import workerUrl from "./stretch-worker.ts?worker&url";

/** What of a `Worker` is used. */
export type StretchWorker = Pick<Worker, "addEventListener" | "postMessage" | "terminate">;

/** As of `workerStretch`. */
export type OpenStretch = (progress: (share: number) => void, signal: AbortSignal) => Stretch;

/** There was no worker, or it died, or it was ended. */
export class StretchFailed extends Error {}

const makeWorker = (): StretchWorker => new Worker(ownScriptUrl(workerUrl), { type: "module" });

/** Throws `StretchFailed`. `progress`: of one passphrase, 0 to 1. */
export function workerStretch(
  progress: (share: number) => void,
  signal: AbortSignal,
  make: () => StretchWorker = makeWorker,
): Stretch {
  let made: { readonly ask: StretchAsk; readonly key: Uint8Array } | null = null;
  return async (ask) => {
    if (made !== null && isSame(made.ask, ask)) return made.key;
    const worker = workerBy(make);
    try {
      const key = await keyFrom(worker, ask, progress, signal);
      made = { ask, key };
      return key;
    } finally {
      worker.terminate();
    }
  };
}

function workerBy(make: () => StretchWorker): StretchWorker {
  try {
    return make();
  } catch {
    throw new StretchFailed();
  }
}

const keyFrom = (
  worker: StretchWorker,
  ask: StretchAsk,
  progress: (share: number) => void,
  signal: AbortSignal,
): Promise<Uint8Array> =>
  new Promise((resolve, reject) => {
    const fail = (): void => reject(new StretchFailed());
    if (signal.aborted) return fail();
    signal.addEventListener("abort", fail, { once: true });
    worker.addEventListener("error", fail);
    worker.addEventListener("message", ({ data }: MessageEvent<FromStretch>) => {
      if (data.type === "share") progress(data.share);
      else if (data.type === "key") resolve(data.key);
      else fail();
    });
    worker.postMessage(ask);
  });

const isSame = (x: StretchAsk, y: StretchAsk): boolean =>
  x.passphrase === y.passphrase && x.logN === y.logN && equalBytes(x.salt, y.salt);
