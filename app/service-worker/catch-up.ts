/**
 * Has this device's messages read after a push: by the engine, where one lives, else by the same code
 * here, under the same lock. [ACU1] There is never a second one: this one takes the lock only when it is
 * free, and lets go when an engine asks, after what it is writing.
 */
import { AWAKE, ENGINE_LOCK, SUCCESSION, WAKE, WAKING, YIELD } from "../engine/succession.ts";

/** Browsers give a push some 30 seconds; what is not read by then is read when the app opens. */
const CATCH_UP_MS_MAX = 20_000;
/** A little longer than an engine takes at most (app/engine/caught-up.ts). */
const ANSWER_MS_MAX = 12_000;

export async function catchUp(): Promise<void> {
  const succession = new BroadcastChannel(SUCCESSION);
  const told = Promise.withResolvers<void>();
  // Before the lock is asked for: who wants it afterwards is heard.
  succession.addEventListener("message", ({ data }) => {
    if (data === YIELD) told.resolve();
  });
  const isOurs = await navigator.locks.request(ENGINE_LOCK, { ifAvailable: true }, async (lock) => {
    if (lock !== null) await runEngine(told.promise);
    return lock !== null;
  });
  succession.close();
  if (!isOurs) await wakeEngine();
}

async function runEngine(told: Promise<void>): Promise<void> {
  // Evaluated now, and not each time that this worker serves a file.
  const { openEngine } = await import("../engine/open-engine.ts");
  const { caughtUp } = await import("../engine/caught-up.ts");
  const opened = await openEngine();
  if (!opened.ok) return;
  const { store, device } = opened.value;
  device.showPresence(false);
  device.visible(false);
  await Promise.race([caughtUp(device, CATCH_UP_MS_MAX), told]);
  await device[Symbol.asyncDispose]();
  await store[Symbol.asyncDispose]();
}

function wakeEngine(): Promise<void> {
  const channel = new BroadcastChannel(WAKING);
  const { promise, resolve } = Promise.withResolvers<void>();
  channel.addEventListener("message", ({ data }) => {
    if (data === AWAKE) resolve();
  });
  channel.postMessage(WAKE);
  const late = setTimeout(resolve, ANSWER_MS_MAX);
  return promise.finally(() => {
    clearTimeout(late);
    channel.close();
  });
}
