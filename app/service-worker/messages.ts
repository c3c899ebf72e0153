/** What the app says to its service worker: the person wants the version that waits. */
export const SKIP_WAITING = "skip-waiting";
