/** Workers of a test: they do nothing, until it has the last one say something. */
import type { FromStretch } from "../../../../app/features/recovery/stretch-answer.ts";
import {
  type OpenStretch,
  type StretchWorker,
  workerStretch,
} from "../../../../app/features/recovery/worker-stretch.ts";

export type StubWorkers = {
  readonly stretchIn: OpenStretch;
  readonly make: () => StretchWorker;
  /** How many were made, and how many of them have ended. */
  readonly counts: () => readonly [made: number, ended: number];
  readonly asked: readonly unknown[];
  /** As the last one that was made. */
  readonly say: (it: FromStretch) => void;
  readonly die: () => void;
};

export function stubWorkers(): StubWorkers {
  const asked: unknown[] = [];
  const made: EventTarget[] = [];
  let ended = 0;
  const make = (): StretchWorker => {
    const worker = Object.assign(new EventTarget(), {
      postMessage: (it: unknown) => void asked.push(it),
      terminate: () => {
        ended += 1;
      },
    });
    made.push(worker);
    return worker;
  };
  return {
    stretchIn: (progress, signal) => workerStretch(progress, signal, make),
    make,
    counts: () => [made.length, ended],
    asked,
    say: (data) => void made.at(-1)?.dispatchEvent(new MessageEvent("message", { data })),
    die: () => void made.at(-1)?.dispatchEvent(new Event("error")),
  };
}
