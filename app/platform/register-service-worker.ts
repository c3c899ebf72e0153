/** Puts the service worker in place, so that the app opens without a network. */
import { ownScriptUrl } from "./script-url.ts";

/**
 * False where there can be none: an insecure origin, a private window of some browsers, or a
 * build that is not there (the dev server). The app works on, but does not open offline.
 */
export async function registerServiceWorker(): Promise<boolean> {
  if (!("serviceWorker" in navigator)) return false;
  try {
    // updateViaCache: a relay or proxy that caches too long must not pin an old build.
    await navigator.serviceWorker.register(ownScriptUrl("/service-worker.js"), {
      updateViaCache: "none",
    });
    return true;
  } catch {
    return false;
  }
}
