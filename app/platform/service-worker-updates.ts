/**
 * Puts the service worker in place, so that the app opens without a network, and tells when it has
 * fetched a new version.
 *
 * The new version waits until the person changes to it or has closed all tabs: a page never reloads
 * by itself, and a tab never runs with files of two builds.
 */
import { SKIP_WAITING } from "../service-worker/messages.ts";
import { ownScriptUrl } from "./script-url.ts";

/** A tab that stays open for weeks still hears of new versions. */
const CHECK_MS = 3_600_000;

export type Update = { readonly apply: () => void };

let registration: ServiceWorkerRegistration | undefined;
const listeners = new Set<(update: Update) => void>();

/**
 * False where there can be none: an insecure origin, a private window of some browsers, or a
 * build that is not there (the dev server). The app works on, but does not open offline.
 */
export async function registerServiceWorker(): Promise<boolean> {
  if (!("serviceWorker" in navigator)) return false;
  try {
    // updateViaCache: a relay or proxy that caches too long must not pin an old build.
    registration = await navigator.serviceWorker.register(ownScriptUrl("/service-worker.js"), {
      updateViaCache: "none",
    });
  } catch {
    return false;
  }
  watch(registration);
  return true;
}

/** Calls back when a new version waits, until the answer is called. */
export function followUpdates(listener: (update: Update) => void): () => void {
  listeners.add(listener);
  if (registration !== undefined) tellWaiting(registration);
  return () => listeners.delete(listener);
}

function watch(found: ServiceWorkerRegistration): void {
  tellWaiting(found);
  found.addEventListener("updatefound", () => {
    const worker = found.installing;
    worker?.addEventListener("statechange", () => tellWaiting(found));
  });
  // Rejects without a network: the next time will do.
  setInterval(() => void found.update().catch(() => undefined), CHECK_MS);
}

/** The first worker ever is no update: nothing was there before. */
function tellWaiting(found: ServiceWorkerRegistration): void {
  const { waiting, active } = found;
  if (waiting === null || active === null) return;
  const apply = (): void => {
    navigator.serviceWorker.addEventListener("controllerchange", () => location.reload());
    waiting.postMessage(SKIP_WAITING);
  };
  for (const listener of listeners) listener({ apply });
}
