import { afterEach, beforeEach, expect, onTestFinished, test, vi } from "vitest";

import {
  followNotifications,
  subscribe,
  subscribedAt,
  unsubscribe,
} from "../../../app/platform/push.ts";

/** The browser's side, as far as a page sees it. */
class Browser {
  permission: NotificationPermission = "default";
  answer: NotificationPermission = "granted";
  current: { endpoint: string; key: Uint8Array } | null = null;
  made = 0;
  hangs = false;
  readonly container = new EventTarget();

  readonly pushManager = {
    getSubscription: async () => {
      const { current } = this;
      return current === null ? null : this.#handle(current);
    },
    subscribe: ({ applicationServerKey }: { applicationServerKey: ArrayBuffer }) => {
      if (this.hangs) return new Promise<never>(() => undefined);
      if (this.current !== null) throw new DOMException("another key", "InvalidStateError");
      this.made += 1;
      this.current = {
        endpoint: `https://push.example.org/${this.made}`,
        key: new Uint8Array(applicationServerKey),
      };
      return Promise.resolve(this.#handle(this.current));
    },
  };

  #handle(it: { endpoint: string }) {
    return {
      endpoint: it.endpoint,
      getKey: (name: string) => new Uint8Array(name === "auth" ? 16 : 65).fill(4).buffer,
      unsubscribe: async () => {
        this.current = null;
        return true;
      },
    };
  }
}

let browser: Browser;
beforeEach(() => {
  const it = new Browser();
  browser = it;
  vi.stubGlobal("PushManager", vi.fn());
  vi.stubGlobal("Notification", {
    get permission() {
      return it.permission;
    },
    requestPermission: async () => {
      it.permission = it.answer;
      return it.answer;
    },
  });
  const container = Object.assign(it.container, {
    ready: Promise.resolve({ pushManager: it.pushManager }),
  });
  Object.defineProperty(navigator, "serviceWorker", { configurable: true, value: container });
});
afterEach(() => {
  vi.unstubAllGlobals();
  Reflect.deleteProperty(navigator, "serviceWorker");
});

test("[APU2] subscribes under a key pair of its own, and anew under another", async () => {
  expect(await subscribedAt()).toBeNull();
  const first = await subscribe();
  const second = await subscribe();
  if (!first.ok || !second.ok) throw new Error("not subscribed");
  expect(await subscribedAt()).toBe("https://push.example.org/2");
  expect(second.value.endpoint).toBe("https://push.example.org/2");
  expect(second.value.vapidPrivateKey).not.toBe(first.value.vapidPrivateKey);
  const point = Buffer.from(second.value.vapidPublicKey, "base64url");
  expect(point.equals(browser.current!.key)).toBe(true);
  expect([point.length, point[0]]).toEqual([65, 4]);
  expect(Buffer.from(second.value.vapidPrivateKey, "base64url")).toHaveLength(32);
  expect(Buffer.from(second.value.auth, "base64url")).toHaveLength(16);
});

test("[APU1] settles when the person says no, and when the browser never answers", async () => {
  browser.answer = "denied";
  expect(await subscribe()).toEqual({ ok: false, error: { type: "PushDenied" } });
  browser.answer = "granted";
  browser.hangs = true;
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const asked = subscribe();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(await asked).toEqual({ ok: false, error: { type: "PushUnavailable" } });
});

test("[APU3] who signs out is subscribed no more, whatever the browser says meanwhile", async () => {
  await unsubscribe();
  await subscribe();
  expect(await subscribedAt()).toBe("https://push.example.org/1");
  // The person took the permission back: the subscription goes all the same.
  browser.permission = "denied";
  await unsubscribe();
  expect(browser.current).toBeNull();
  browser.pushManager.getSubscription = () =>
    Promise.reject(new DOMException("gone", "AbortError"));
  await expect(unsubscribe()).resolves.toBeUndefined();
});

test("[APU1] hears which chat a notification leads to, and nothing else", () => {
  const opened: number[] = [];
  const stop = followNotifications((c) => void opened.push(c));
  const say = (data: unknown) =>
    browser.container.dispatchEvent(new MessageEvent("message", { data }));
  for (const data of [null, "openChat", { type: "openChat" }, { type: "openChat", c: 3 }])
    say(data);
  stop();
  say({ type: "openChat", c: 4 });
  expect(opened).toEqual([3]);
});
