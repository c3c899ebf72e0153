import "fake-indexeddb/auto";
import { act, waitFor } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import type { Chat } from "../../../../app/db/chats.ts";
import { useTellNews } from "../../../../app/features/notifications/use-tell-news.ts";
import { keyStore } from "../../../../app/platform/key-store.ts";
import { showQuietly } from "../../../../app/platform/notifications.ts";
import { setPreferences } from "../../../../app/platform/preferences.ts";
import { ALWAYS_MS, NO_MARKS } from "../../../../sync/thread/chat-marks.ts";
import { show } from "../../screen.tsx";

type Shown = { readonly title: string; readonly tag: string };

let shown: Shown[];
let visibility: DocumentVisibilityState;

beforeEach(() => {
  [shown, visibility] = [[], "hidden"];
  const registration = {
    showNotification: async (title: string, { tag }: { tag: string }) => {
      shown = [...shown.filter((it) => it.tag !== tag), { title, tag }];
    },
    getNotifications: async () =>
      shown.map(({ tag }) => ({
        tag,
        close: () => {
          shown = shown.filter((it) => it.tag !== tag);
        },
      })),
  };
  vi.stubGlobal("PushManager", vi.fn());
  vi.stubGlobal("Notification", { permission: "granted" });
  Object.defineProperty(navigator, "serviceWorker", {
    configurable: true,
    value: { ready: Promise.resolve(registration) },
  });
  Object.defineProperty(document, "visibilityState", {
    configurable: true,
    get: () => visibility,
  });
  setPreferences({ notifications: "on" });
});
afterEach(async () => {
  setPreferences({ notifications: "unasked" });
  vi.unstubAllGlobals();
  Reflect.deleteProperty(navigator, "serviceWorker");
  Reflect.deleteProperty(document, "visibilityState");
  await keyStore.remove("keys", "notified");
});

const chat = (c: number, name: string, unread: number, recentMs: number): Chat => ({
  c,
  kind: "dm",
  account: "aa",
  name,
  state: "accepted",
  group: null,
  newest: null,
  unread,
  arrivals: 1,
  preview: { text: "hello", own: false },
  recentMs,
  lastSeenMs: 0,
  lastH: 0,
  newsMs: recentMs,
  marks: NO_MARKS,
  lifetimeMs: null,
  isAwaited: false,
  lifetimeFrom: "read",
  mentioned: null,
});

const Telling = ({ chats }: { readonly chats: readonly Chat[] }): null => {
  useTellNews(chats);
  return null;
};

async function turn(to: DocumentVisibilityState): Promise<void> {
  visibility = to;
  await act(async () => void document.dispatchEvent(new Event("visibilitychange")));
}

const knows = (count: number): Promise<void> =>
  waitFor(async () => {
    const known = await keyStore.read("keys", "notified");
    expect(known instanceof Map ? known.size : -1).toBe(count);
  });

test("[ATN1] [APN2] a hidden tab tells what came since the person turned away, and tells it once", async () => {
  visibility = "visible";
  const old = chat(2, "Bob", 1, 1_000);
  const { rerender } = await show(<Telling chats={[old]} />);
  await knows(1);
  await turn("hidden");
  await knows(1);
  expect(shown).toEqual([]);
  rerender(<Telling chats={[old, chat(3, "Carol", 1, 2_000)]} />);
  await waitFor(() => expect(shown).toEqual([{ title: "Carol", tag: "chat-3" }]));
  await knows(2);
  shown = [];
  rerender(<Telling chats={[{ ...old }, chat(3, "Carol", 1, 2_000), chat(4, "Dan", 1, 3_000)]} />);
  await waitFor(() => expect(shown).toEqual([{ title: "Dan", tag: "chat-4" }]));
});

test("[APN3] a notification is replaced by a newer one of its chat, and gone when that was read", async () => {
  const { rerender } = await show(<Telling chats={[]} />);
  rerender(<Telling chats={[chat(2, "Bob", 1, 1_000)]} />);
  await waitFor(() => expect(shown).toHaveLength(1));
  await knows(1);
  rerender(<Telling chats={[chat(2, "Robert", 2, 1_500)]} />);
  await waitFor(() => expect(shown).toEqual([{ title: "Robert", tag: "chat-2" }]));
  await turn("visible");
  rerender(<Telling chats={[chat(2, "Robert", 0, 1_500)]} />);
  await turn("hidden");
  await waitFor(() => expect(shown).toEqual([]));
});

test("[ATN1] a tab in front tells nothing, nor does one whose person did not ask for it", async () => {
  visibility = "visible";
  const { rerender } = await show(<Telling chats={[]} />);
  await knows(0);
  rerender(<Telling chats={[chat(2, "Bob", 1, 1_000)]} />);
  setPreferences({ notifications: "off" });
  visibility = "hidden";
  rerender(<Telling chats={[chat(2, "Bob", 2, 2_000)]} />);
  await act(async () => void (await keyStore.read("keys", "notified")));
  expect(shown).toEqual([]);
});

test("[APN4] of a muted chat nothing is told, nor what came meanwhile when it is heard again", async () => {
  const stamp = { hEff: 1, tie: 1, seq: 1, id: "" };
  const muted = { ...NO_MARKS, muted: { stamp, value: { untilMs: ALWAYS_MS, level: 0 } } };
  const { rerender } = await show(<Telling chats={[]} />);
  rerender(<Telling chats={[{ ...chat(2, "Bob", 1, 1_000), marks: muted }]} />);
  await knows(1);
  expect(shown).toEqual([]);
  rerender(<Telling chats={[chat(2, "Bob", 1, 1_000), chat(3, "Carol", 1, 2_000)]} />);
  await waitFor(() => expect(shown).toEqual([{ title: "Carol", tag: "chat-3" }]));
  rerender(<Telling chats={[chat(2, "Bob", 2, 3_000), chat(3, "Carol", 1, 2_000)]} />);
  await waitFor(() => expect(shown.map(({ title }) => title)).toContain("Bob"));
});

test("[APN4] a push of a muted chat leaves nothing behind", async () => {
  const options: (NotificationOptions | undefined)[] = [];
  const { ready } = navigator.serviceWorker;
  const registration = await ready;
  const showing = registration.showNotification.bind(registration);
  registration.showNotification = async (title, given) => {
    options.push(given);
    await showing(title, given);
  };
  await showQuietly(registration, ["en"]);
  expect(options).toEqual([expect.objectContaining({ silent: true })]);
  expect(shown).toEqual([]);
});
