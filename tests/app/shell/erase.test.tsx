import "fake-indexeddb/auto";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { keyStore } from "../../../app/platform/key-store.ts";
import { eraseEverything } from "../../../app/shell/erase.ts";

/** The browser's side: one subscription, one service worker, the lock that no engine holds. */
let isSubscribed: boolean;
/** The push service cannot be asked. */
let isUnreachable: boolean;
let asked: number;
let workers: number;
const replace = vi.fn<(url: string) => void>();

const subscription = {
  unsubscribe: async () => {
    asked += 1;
    if (isUnreachable) throw new DOMException("gone", "AbortError");
    isSubscribed = false;
    return true;
  },
};
const registration = {
  pushManager: { getSubscription: async () => (isSubscribed ? subscription : null) },
  unregister: async () => {
    workers = 0;
    return true;
  },
};
const FAKES = {
  serviceWorker: {
    ready: Promise.resolve(registration),
    getRegistrations: async () => (workers > 0 ? [registration] : []),
  },
  locks: {
    request: (_name: string, _options: object, work: () => Promise<boolean>) => work(),
  },
  storage: {},
};

beforeEach(async () => {
  [isSubscribed, isUnreachable, asked, workers] = [true, false, 0, 1];
  replace.mockClear();
  for (const [name, value] of Object.entries(FAKES)) {
    Object.defineProperty(navigator, name, { configurable: true, value });
  }
  vi.stubGlobal("PushManager", vi.fn());
  vi.stubGlobal("Notification", { permission: "granted" });
  vi.stubGlobal("location", { protocol: "http:", replace });
  await keyStore.write("keys", "dmk", "a wrapped key");
});
afterEach(() => {
  vi.unstubAllGlobals();
  for (const name of Object.keys(FAKES)) Reflect.deleteProperty(navigator, name);
});

test("[APU3] [AER3] who erases this browser is subscribed no more, and stands at the first screen", async () => {
  const closeRows = vi.fn<() => void>();
  expect(await eraseEverything(closeRows)).toBe(true);
  expect(isSubscribed).toBe(false);
  expect(closeRows).toHaveBeenCalledOnce();
  expect(replace.mock.calls).toEqual([["/"]]);
});

test("[APU3] [AER1] a push service that cannot be asked keeps nothing from being erased", async () => {
  isUnreachable = true;
  expect(await eraseEverything(() => undefined)).toBe(true);
  expect(asked).toBe(1);
  expect(workers).toBe(0);
  expect(await keyStore.read("keys", "dmk")).toBeUndefined();
});
