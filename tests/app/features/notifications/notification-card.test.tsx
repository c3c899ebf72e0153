import { act, fireEvent, screen, waitFor } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import type { Chat } from "../../../../app/db/chats.ts";
import { metaOf } from "../../../../app/db/tables.ts";
import { NotificationCard } from "../../../../app/features/notifications/notification-card.tsx";
import { NotificationSwitch } from "../../../../app/features/notifications/notification-switch.tsx";
import { useKeepNotifications } from "../../../../app/features/notifications/use-notifications.ts";
import { readPreferences, setPreferences } from "../../../../app/platform/preferences.ts";
import { NO_MARKS } from "../../../../sync/thread/chat-marks.ts";
import { openRows } from "../../db/rows.ts";
import { type EngineEnd, show } from "../../screen.tsx";

const chat = (own: boolean): Chat => ({
  c: 2,
  kind: "dm",
  account: "aa",
  name: "Bob",
  state: "accepted",
  group: null,
  newest: null,
  unread: 0,
  arrivals: 1,
  preview: { text: "hello", own },
  recentMs: 1,
  lastSeenMs: 0,
  lastH: 0,
  newsMs: own ? 0 : 1,
  marks: NO_MARKS,
  lifetimeMs: null,
  isAwaited: false,
  lifetimeFrom: "read",
  mentioned: null,
});

let permission: NotificationPermission;
/** Of the browser's subscription. */
let endpoint: string | null;
let made: number;

beforeEach(() => {
  [permission, endpoint, made] = ["granted", null, 0];
  const handle = () => ({
    endpoint,
    getKey: (name: string) => new Uint8Array(name === "auth" ? 16 : 65).buffer,
    unsubscribe: async () => {
      endpoint = null;
      return true;
    },
  });
  const pushManager = {
    getSubscription: async () => (endpoint === null ? null : handle()),
    subscribe: async () => {
      endpoint = `https://push.example.org/${(made += 1)}`;
      return handle();
    },
  };
  vi.stubGlobal("PushManager", vi.fn());
  vi.stubGlobal("Notification", {
    get permission() {
      return permission;
    },
    requestPermission: async () => permission,
  });
  Object.defineProperty(navigator, "serviceWorker", {
    configurable: true,
    value: { ready: Promise.resolve({ pushManager }) },
  });
});
afterEach(() => {
  setPreferences({ notifications: "unasked" });
  vi.unstubAllGlobals();
  Reflect.deleteProperty(navigator, "serviceWorker");
});

/** Answers what is asked, as an engine does; tells what it was. */
async function pushesAsked(engine: EngineEnd, ok: boolean): Promise<readonly unknown[]> {
  const asks = () =>
    engine.heard.flatMap((it) => (it.type === "ask" && it.call.method === "push" ? [it] : []));
  await waitFor(() => expect(asks().length).toBeGreaterThan(0));
  for (const { id } of asks()) {
    const answer = ok
      ? { ok: true as const, value: undefined }
      : { ok: false as const, error: { type: "StorageFailed" as const } };
    await act(async () => engine.say({ type: "answer", id, answer }));
  }
  return asks().map(({ call }) => call.args[0]);
}

test("[ANC1] does not ask before somebody else has written", async () => {
  await show(<NotificationCard chats={[chat(true)]} />);
  expect(screen.queryByRole("button", { name: "Not now" })).toBeNull();
});

test("[ANC1] goes on asking when the person has answered", async () => {
  await show(<NotificationCard chats={[{ ...chat(false), preview: { text: "hi", own: true } }]} />);
  expect(screen.getByRole("button", { name: "Turn on notifications" })).toBeTruthy();
});

test("[ANC1] asks nobody whose browser has been told no", async () => {
  permission = "denied";
  await show(<NotificationCard chats={[chat(false)]} />);
  expect(screen.queryByRole("button", { name: "Not now" })).toBeNull();
});

test("[ANC1] whoever waves it away is not asked again", async () => {
  await show(<NotificationCard chats={[chat(false)]} />);
  await act(async () => void fireEvent.click(screen.getByRole("button", { name: "Not now" })));
  expect(screen.queryByRole("button", { name: "Not now" })).toBeNull();
  expect(readPreferences().notifications).toBe("off");
});

test("[ANT1] is on when browser and device have agreed, and off again by the switch", async () => {
  const { engine } = await show(<NotificationSwitch />);
  const button = () => screen.getByRole("checkbox", { name: "Tell me when somebody writes" });
  await act(async () => void fireEvent.click(button()));
  const [asked] = await pushesAsked(engine, true);
  expect(asked).toMatchObject({ endpoint: "https://push.example.org/1" });
  expect(readPreferences().notifications).toBe("on");
  await act(async () => void fireEvent.click(button()));
  expect(endpoint).toBeNull();
  await waitFor(async () => expect((await pushesAsked(engine, true)).at(-1)).toBeNull());
});

test("[ANT1] stays off, with a sentence, when the device could not keep it", async () => {
  const { engine } = await show(<NotificationCard chats={[chat(false)]} />);
  const turnOn = screen.getByRole("button", { name: "Turn on notifications" });
  await act(async () => void fireEvent.click(turnOn));
  await pushesAsked(engine, false);
  await screen.findByText(/push service cannot be reached/u);
  expect(readPreferences().notifications).toBe("unasked");
});

test("[ANT3] says that the browser allows none any more, although they were turned on", async () => {
  setPreferences({ notifications: "on" });
  permission = "denied";
  await show(<NotificationSwitch />);
  const box = screen.getByRole<HTMLInputElement>("checkbox");
  expect(box.checked).toBe(false);
  expect(screen.getByRole("status").textContent).toMatch(/^The browser refuses notifications/u);
});

const Keeping = (): null => {
  useKeepNotifications();
  return null;
};

test("[ANT2] makes a subscription anew that the browser dropped or moved, and leaves one that holds", async () => {
  setPreferences({ notifications: "on" });
  const db = await openRows();
  await metaOf(db).put({ k: "push", v: { endpoint: "https://push.example.org/old" } });
  const { engine } = await show(<Keeping />, { db });
  const [asked] = await pushesAsked(engine, true);
  expect(asked).toMatchObject({ endpoint: "https://push.example.org/1" });
  expect(made).toBe(1);
});

test("[ANT2] leaves a subscription that holds as it is", async () => {
  setPreferences({ notifications: "on" });
  endpoint = "https://push.example.org/held";
  const db = await openRows();
  await metaOf(db).put({ k: "push", v: { endpoint } });
  const { engine } = await show(<Keeping />, { db });
  // As many turns as the other test takes to ask.
  for (let turn = 0; turn < 20; turn += 1)
    await act(async () => void (await metaOf(db).get("push")));
  expect(made).toBe(0);
  expect(engine.heard.some((it) => it.type === "ask")).toBe(false);
});
