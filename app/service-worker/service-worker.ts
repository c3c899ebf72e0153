/**
 * Opens the app offline: every file of the build is stored when this worker is installed, and a
 * navigation gets index.html from that store. What is not of the build (the relay's pages and its
 * API, other relays) never passes through here. And reads what came when a push wakes it.
 */
import {
  cleanupOutdatedCaches,
  getCacheKeyForURL,
  matchPrecache,
  precache,
  type PrecacheEntry,
} from "workbox-precaching";

import {
  type NotificationData,
  showNews,
  showQuietly,
  showUnknown,
  type Told,
} from "../platform/notifications.ts";
import { catchUp } from "./catch-up.ts";
import { type OpenChat, SKIP_WAITING } from "./messages.ts";
import { readUnread } from "./unread.ts";

declare const self: ServiceWorkerGlobalScope & {
  /** Filled in by the build: each file of dist/ with its revision (null: the name has a hash). */
  readonly __WB_MANIFEST: readonly PrecacheEntry[];
};

const APP_PAGE = "/index.html";
/** Browsers give a push some 30 seconds. What is read later is told with the next. */
const TELLING_MS_MAX = 25_000;

/** Paths that belong to the relay, never to the app. */
const RELAY_PATH = /^\/(?:healthz|readyz|status|status\.json|metrics|v1|\.well-known)(?:\/|$)/u;

cleanupOutdatedCaches();
precache([...self.__WB_MANIFEST]);

// A new version waits until the person wants it (app/platform/service-worker-updates.ts).
self.addEventListener("message", ({ data }) => {
  if (data === SKIP_WAITING) void self.skipWaiting();
});

// The page that brought it here is served as well: it may be open for long, and go offline.
self.addEventListener("activate", (event) => {
  event.waitUntil(self.clients.claim());
});

self.addEventListener("fetch", (event) => {
  const path = storedPathOf(event.request);
  if (path === undefined) return;
  // The store can be gone (evicted by the browser) while this worker lives on.
  event.respondWith(
    matchPrecache(path).then(async (stored) => stored ?? (await fetch(event.request))),
  );
});

self.addEventListener("push", (event) => {
  event.waitUntil(wake());
});

self.addEventListener("notificationclick", (event) => {
  const { notification } = event;
  notification.close();
  const { c } = notification.data as NotificationData;
  event.waitUntil(openChat(c));
});

/**
 * [APW1] Always shows something: browsers take the right away from those that stay silent. What was read is
 * shown at once: telling its sender, and letting go of the device, may take long.
 */
async function wake(): Promise<void> {
  const { registration } = self;
  const told: Told[] = [];
  const tell = async (): Promise<void> => void told.push(await tellNews());
  const late = Promise.withResolvers<void>();
  const timer = setTimeout(late.resolve, TELLING_MS_MAX);
  await Promise.race([readAll(tell), late.promise]);
  clearTimeout(timer);
  if (told.every((it) => it === "nothing")) await tell();
  if (told.includes("shown")) return;
  const show = told.includes("muted") ? showQuietly : showUnknown;
  await show(registration, navigator.languages);
}

/** A device on which nobody started is left as it is. */
async function readAll(read: () => Promise<void>): Promise<void> {
  try {
    if ((await readUnread()) !== null) await catchUp(read);
  } catch (error) {
    reportError(error);
  }
}

/** The app's own choice of language is in a place that no worker may read: the browser's counts. */
async function tellNews(): Promise<Told> {
  try {
    const unread = (await readUnread()) ?? [];
    return await showNews(self.registration, unread, navigator.languages);
  } catch (error) {
    reportError(error);
    return "nothing";
  }
}

/** In a tab that is there, else in a new one. */
async function openChat(c: number | null): Promise<void> {
  const tabs = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  const tab = tabs.find(({ focused }) => focused) ?? tabs[0];
  if (tab === undefined) {
    await self.clients.openWindow(c === null ? "/" : `/chat/${c}`);
    return;
  }
  await tab.focus();
  if (c !== null) tab.postMessage({ type: "openChat", c } satisfies OpenChat);
}

/** Under which path the store answers this request; undefined: the network's business. */
function storedPathOf(request: Request): string | undefined {
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== self.location.origin) return undefined;
  if (request.mode === "navigate") return RELAY_PATH.test(pathname) ? undefined : APP_PAGE;
  return getCacheKeyForURL(pathname) === undefined ? undefined : pathname;
}
