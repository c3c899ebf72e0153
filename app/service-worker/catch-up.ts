/**
 * Has this device's messages read after a push: by the engine, where one lives, else by the same code
 * here, under the same lock. [ACU1] There is never a second one: this one takes the lock only when it is
 * free, and lets go when an engine asks, after what it is writing.
 */
import type { Store } from "../../sync/store/store.ts";
import {
  AWAKE,
  ENGINE_LOCK,
  HEARD,
  SUCCESSION,
  WAKE,
  WAKING,
  YIELD,
} from "../engine/succession.ts";

/** Browsers give a push some 30 seconds; what is not read by then is read when the app opens. */
const CATCH_UP_MS_MAX = 15_000;
const RECEIPTS_MS_MAX = 6_000;
const RECEIPTS_LOOK_MS = 200;
/** A little longer than an engine takes at most (app/engine/caught-up.ts). */
const ANSWER_MS_MAX = 12_000;
/** An engine that does not even hear is at its end, or its page is frozen … */
const HEARING_MS_MAX = 2_000;
/** … and so long it may take to end. */
const ENDING_MS_MAX = 5_000;

/** `read`: called when what waited is read, while its sender is still to be told. Not when an engine did it. */
export async function catchUp(read: () => Promise<void>): Promise<void> {
  if (await underLock({ ifAvailable: true }, read)) return;
  if (await wakeEngine()) return;
  await underLock({ signal: AbortSignal.timeout(ENDING_MS_MAX) }, read);
}

/** False: somebody else has the lock. */
async function underLock(options: LockOptions, read: () => Promise<void>): Promise<boolean> {
  const succession = new BroadcastChannel(SUCCESSION);
  const told = Promise.withResolvers<void>();
  // Before the lock is asked for: who wants it afterwards is heard.
  succession.addEventListener("message", ({ data }) => {
    if (data === YIELD) told.resolve();
  });
  try {
    return await navigator.locks.request(ENGINE_LOCK, options, async (lock) => {
      if (lock !== null) await runEngine(told.promise, read);
      return lock !== null;
    });
  } catch (error) {
    if (error instanceof DOMException && error.name === "TimeoutError") return false;
    throw error;
  } finally {
    succession.close();
  }
}

async function runEngine(told: Promise<void>, read: () => Promise<void>): Promise<void> {
  // Evaluated now, and not each time that this worker serves a file.
  const { openEngine } = await import("../engine/open-engine.ts");
  const { caughtUp } = await import("../engine/caught-up.ts");
  const opened = await openEngine();
  if (!opened.ok) return;
  const { store, device } = opened.value;
  device.showPresence(false);
  device.visible(false);
  let isWanted = true;
  const yielded = async (): Promise<void> => {
    await told;
    isWanted = false;
  };
  const work = async (): Promise<void> => {
    await caughtUp(device, CATCH_UP_MS_MAX);
    // Else the app is open: it shows what came, and has the store.
    if (isWanted) await Promise.all([read(), receiptsSent(store)]);
  };
  await Promise.race([work(), yielded()]);
  await device[Symbol.asyncDispose]();
  await store[Symbol.asyncDispose]();
}

/** [ACU2] Who wrote is to know that it came, unless that takes long. */
async function receiptsSent(store: Store): Promise<void> {
  for (let waitedMs = 0; waitedMs < RECEIPTS_MS_MAX; waitedMs += RECEIPTS_LOOK_MS) {
    const rows = await store.read(["channels"], (tx) => tx.range("channels", "primary", {}));
    const owed = rows.filter(({ kind }) => kind !== "self" && kind !== "account");
    if (owed.every((it) => it.receipts <= it.receiptsSent)) return;
    await new Promise((resolve) => {
      setTimeout(resolve, RECEIPTS_LOOK_MS);
    });
  }
}

/** False: nobody heard. Else settles when it has read what there is, or takes too long. */
function wakeEngine(): Promise<boolean> {
  const channel = new BroadcastChannel(WAKING);
  const { promise, resolve } = Promise.withResolvers<boolean>();
  let late = setTimeout(() => resolve(false), HEARING_MS_MAX);
  channel.addEventListener("message", ({ data }) => {
    if (data === AWAKE) resolve(true);
    if (data !== HEARD) return;
    clearTimeout(late);
    late = setTimeout(() => resolve(true), ANSWER_MS_MAX);
  });
  channel.postMessage(WAKE);
  return promise.finally(() => {
    clearTimeout(late);
    channel.close();
  });
}
