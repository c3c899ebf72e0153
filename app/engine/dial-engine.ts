/** Reaches the one engine of this browser profile from a tab, and makes it when it is not there. */
import { ownScriptUrl } from "../platform/script-url.ts";
import { type EngineEnd, engineLockOf, type ToEngine, type ToTab, tabLockOf } from "./messages.ts";
import { dialBroadcast, doorName, type Port, portOf } from "./port.ts";
import { openRemoteDevice, type RemoteDevice } from "./remote-device.ts";
import workerUrl from "./worker.ts?sharedworker&url";

/** Before a plain worker that failed is made again. */
const HOST_AGAIN_MS = 5_000;
const WORKER = { type: "module", name: "kith" } as const;

/** `painted`: what the person looks for is on the screen; the engine takes no time from it. */
export function connectEngine(painted: Promise<void>): RemoteDevice {
  const tab = crypto.randomUUID();
  const held = new Promise<void>((resolve) => {
    // Never let go: the browser does when this tab is gone, and that is how the engine knows.
    void navigator.locks.request(tabLockOf(tab), () => {
      resolve();
      return new Promise<never>(() => undefined);
    });
  });
  const shared = "SharedWorker" in globalThis;
  if (!shared) void painted.then(hostEngine);
  return openRemoteDevice({
    tab,
    when: Promise.all([held, painted]).then(() => undefined),
    whenGone: (life) =>
      navigator.locks.request(engineLockOf(life), { mode: "shared" }, () => undefined),
    dial: (again) => (shared ? dialShared() : dialBroadcast(doorName(workerUrl), tab, again)),
    every: (ms, tick) => {
      const timer = setInterval(tick, ms);
      return () => clearInterval(timer);
    },
  });
}

function dialShared(): Port<ToEngine, ToTab> {
  // A new one when the last has died, else another port to it.
  const worker = new SharedWorker(ownScriptUrl(workerUrl), WORKER);
  return portOf<ToEngine, ToTab>(worker.port);
}

/**
 * Where there are no SharedWorkers: one tab of this build holds a lock and a plain worker, which
 * serves them all. When the tab closes, the next one in the queue takes its place.
 */
async function hostEngine(): Promise<void> {
  const lock = `kith-engine-host ${workerUrl}`;
  let end: EngineEnd = "failed";
  while (end === "failed") {
    end = await navigator.locks.request(lock, () =>
      lifeOf(new Worker(ownScriptUrl(workerUrl), WORKER)),
    );
    await new Promise((resolve) => setTimeout(resolve, HOST_AGAIN_MS));
  }
}

/** Settles when the worker has stopped. */
const lifeOf = (worker: Worker): Promise<EngineEnd> =>
  new Promise((resolve) => {
    const stop = (end: EngineEnd): void => {
      worker.terminate();
      resolve(end);
    };
    // A script that did not load; faults that a running engine reports are ErrorEvents.
    worker.addEventListener("error", (event) => {
      if (!(event instanceof ErrorEvent)) stop("failed");
    });
    worker.addEventListener("message", ({ data }: MessageEvent<EngineEnd>) => stop(data));
  });
