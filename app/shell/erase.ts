/**
 * Takes everything of Kith out of this browser. [AER1] The keys go first: what is left after an
 * interruption opens for nobody. [AER2] No engine, and no service worker in its place, writes meanwhile or
 * afterwards. [AER3] Every window goes to the first screen.
 */
import { DB_NAME } from "../db/tables.ts";
import { ENGINE_LOCK, SUCCESSION, YIELD } from "../engine/succession.ts";
import { keyStore } from "../platform/key-store.ts";
import { unsubscribe } from "../platform/push.ts";
import { forgetStart } from "../platform/sentinel.ts";

/** Says ERASING and ERASED to the other windows. */
const CHANNEL = "kith-erase";
const ERASING = "erasing";
const ERASED = "erased";
/** A window that does not let go of a database keeps it from being deleted. */
const DELETED_MS_MAX = 10_000;
/** An engine ends what it is writing first. */
const ENGINE_GONE_MS_MAX = 15_000;

/** False: something would not go. `closeRows`: this window's own connection to the database. */
export async function eraseEverything(closeRows: () => void): Promise<boolean> {
  const others = new BroadcastChannel(CHANNEL);
  others.postMessage(ERASING);
  closeRows();
  const isErased = await withoutEngine(eraseNow);
  others.postMessage(ERASED);
  others.close();
  if (isErased) goToFirstScreen();
  return isErased;
}

/** Calls back when another window erases everything, until the answer is called. */
export function followErasing(onErasing: () => void): () => void {
  const channel = new BroadcastChannel(CHANNEL);
  channel.addEventListener("message", ({ data }) => {
    if (data === ERASING) onErasing();
    if (data === ERASED) goToFirstScreen();
  });
  return () => channel.close();
}

const goToFirstScreen = (): void => location.replace("/");

/** `work` under the engine's lock: whoever has it is asked to go, and nobody gets it before the end. */
async function withoutEngine(work: () => Promise<boolean>): Promise<boolean> {
  const succession = new BroadcastChannel(SUCCESSION);
  succession.postMessage(YIELD);
  try {
    const options = { signal: AbortSignal.timeout(ENGINE_GONE_MS_MAX) };
    return await navigator.locks.request(ENGINE_LOCK, options, work);
  } catch {
    return false;
  } finally {
    succession.close();
  }
}

async function eraseNow(): Promise<boolean> {
  await unsubscribe();
  await attempt(() => keyStore.erase());
  const done = [
    await attempt(deleteDatabases),
    await attempt(deleteCaches),
    await attempt(deleteFiles),
    await attempt(forgetServiceWorkers),
  ];
  localStorage.clear();
  sessionStorage.clear();
  forgetStart();
  return done.every((it) => it);
}

async function attempt(work: () => Promise<unknown>): Promise<boolean> {
  try {
    await work();
    return true;
  } catch {
    return false;
  }
}

async function deleteDatabases(): Promise<void> {
  const listed = "databases" in indexedDB ? await indexedDB.databases() : [];
  const names = new Set([DB_NAME, ...listed.flatMap(({ name }) => name ?? [])]);
  await Promise.all([...names].map(deleteDatabase));
}

function deleteDatabase(name: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.deleteDatabase(name);
    const timer = setTimeout(() => reject(new Error(`${name} is in use`)), DELETED_MS_MAX);
    request.addEventListener("success", () => {
      clearTimeout(timer);
      resolve();
    });
    request.addEventListener("error", () => reject(request.error ?? new Error("IndexedDB failed")));
  });
}

async function deleteCaches(): Promise<void> {
  if (!("caches" in globalThis)) return;
  await Promise.all((await caches.keys()).map((name) => caches.delete(name)));
}

async function deleteFiles(): Promise<void> {
  if (!("getDirectory" in navigator.storage)) return;
  const root = await navigator.storage.getDirectory();
  for await (const name of root.keys()) await root.removeEntry(name, { recursive: true });
}

/** They would keep the app's files, and make the store of them anew. */
async function forgetServiceWorkers(): Promise<void> {
  if (!("serviceWorker" in navigator)) return;
  const workers = await navigator.serviceWorker.getRegistrations();
  await Promise.all(workers.map((it) => it.unregister()));
}
