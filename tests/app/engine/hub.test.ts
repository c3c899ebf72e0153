import { expect, onTestFinished, test } from "vitest";

import { type Hub, openHub } from "../../../app/engine/hub.ts";
import { ASKS_OUTSTANDING_MAX, type ToEngine, type ToTab } from "../../../app/engine/messages.ts";
import { type Port, portOf } from "../../../app/engine/port.ts";
import type { Device } from "../../../sync/device.ts";
import { openMemoryStore } from "../../../sync/store/memory-store.ts";
import { StorageError, type Store } from "../../../sync/store/store.ts";
import { openTestDevice } from "./device.ts";

type Tab = {
  readonly port: Port<ToEngine, ToTab>;
  /** The next message of that type, past ones included, each once. */
  readonly hears: <T extends ToTab["type"]>(type: T) => Promise<Extract<ToTab, { type: T }>>;
};

function tabOf(hub: Hub): Tab {
  const { port1, port2 } = new MessageChannel();
  onTestFinished(() => port1.close());
  hub.admit(portOf<ToTab, ToEngine>(port2));
  const port = portOf<ToEngine, ToTab>(port1);
  const heard: ToTab[] = [];
  let wake: (() => void) | undefined;
  port.listen((message) => {
    heard.push(message);
    wake?.();
  });
  return {
    port,
    hears: async (type) => {
      for (;;) {
        const at = heard.findIndex((message) => message.type === type);
        const [message] = at === -1 ? [] : heard.splice(at, 1);
        if (message?.type === type) return message as Extract<ToTab, { type: typeof type }>;
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
  };
}

const staysOpen = { life: "life", whenGone: () => new Promise<void>(() => undefined) };

async function runningHub(options = staysOpen): Promise<{ hub: Hub; device: Device }> {
  const { device } = await openTestDevice();
  onTestFinished(() => device[Symbol.asyncDispose]());
  const hub = openHub(options);
  hub.opened(device);
  return { hub, device };
}

test("[AHB1] answers each ask once, with the device's own words", async () => {
  const { hub } = await runningHub();
  const tab = tabOf(hub);
  tab.port.post({ type: "hello", tab: "a" });
  tab.port.post({ type: "ask", id: 7, call: { part: "device", method: "start", args: [""] } });
  expect(await tab.hears("answer")).toMatchObject({
    id: 7,
    answer: { ok: false, error: { type: "NameEmpty" } },
  });
  tab.port.post({ type: "ask", id: 8, call: { part: "device", method: "start", args: ["Alice"] } });
  expect(await tab.hears("answer")).toMatchObject({ id: 8, answer: { ok: true } });
  tab.port.post({ type: "ask", id: 9, call: { part: "device", method: "markRead", args: [1] } });
  expect(await tab.hears("answer")).toEqual({
    type: "answer",
    id: 9,
    answer: { ok: true, value: undefined },
  });
});

test("[AHB1] a full disk is a typed answer, and nothing throws through the door", async () => {
  const memory = openMemoryStore();
  const full: Store = {
    ...memory,
    read: (tables, work) => memory.read(tables, work),
    write: () => Promise.reject(new StorageError("full")),
  };
  const { device } = await openTestDevice(full);
  const hub = openHub(staysOpen);
  hub.opened(device);
  const tab = tabOf(hub);
  tab.port.post({ type: "hello", tab: "a" });
  tab.port.post({ type: "ask", id: 1, call: { part: "device", method: "start", args: ["Alice"] } });
  expect(await tab.hears("answer")).toMatchObject({
    answer: { ok: false, error: { type: "StorageFull" } },
  });
});

test("[AHB2] tells every tab that it is ready, and the newest status", async () => {
  const { hub } = await runningHub();
  for (const name of ["a", "b"]) {
    const tab = tabOf(hub);
    tab.port.post({ type: "hello", tab: name });
    await tab.hears("ready");
    expect((await tab.hears("status")).status.storage).toBe("ok");
  }
});

test("[AHB3] adds tabs up, and a tab that is gone no longer counts", async () => {
  const { device } = await openTestDevice();
  onTestFinished(() => device[Symbol.asyncDispose]());
  const told: string[] = [];
  const listening: Device = {
    ...device,
    visible: (visible) => void told.push(`visible ${visible}`),
    watch: (accounts) => void told.push(`watch ${accounts.join("+")}`),
  };
  const gone = new Map<string, () => void>();
  const hub = openHub({
    life: "life",
    whenGone: (tab) => new Promise<void>((resolve) => gone.set(tab, resolve)),
  });
  hub.opened(listening);
  const tabs = ["a", "b"].map((name) => ({ name, tab: tabOf(hub) }));
  for (const { name, tab } of tabs) {
    tab.port.post({ type: "hello", tab: name });
    await tab.hears("ready");
    tab.port.post({ type: "note", note: { type: "watch", accounts: ["xx", name] } });
    tab.port.post({ type: "note", note: { type: "visible", visible: name === "a" } });
    tab.port.post({ type: "ping" });
    await tab.hears("pong");
  }
  expect(told.slice(-2)).toEqual(["visible true", "watch xx+a+b"]);
  gone.get("a")?.();
  await Promise.resolve();
  expect(told.slice(-2)).toEqual(["visible false", "watch xx+b"]);
});

test("[AHB4] asks wait for the device, so many and no more", async () => {
  const hub = openHub(staysOpen);
  const tab = tabOf(hub);
  tab.port.post({ type: "hello", tab: "a" });
  for (let id = 0; id <= ASKS_OUTSTANDING_MAX; id += 1) {
    tab.port.post({ type: "ask", id, call: { part: "device", method: "invite", args: [] } });
  }
  expect(await tab.hears("answer")).toMatchObject({
    id: ASKS_OUTSTANDING_MAX,
    answer: { ok: false, error: { type: "EngineBusy" } },
  });
  const { device } = await openTestDevice();
  onTestFinished(() => device[Symbol.asyncDispose]());
  hub.opened(device);
  expect(await tab.hears("answer")).toMatchObject({
    id: 0,
    answer: { ok: false, error: { type: "NotStarted" } },
  });
});

test("[AHB5] says why there is no engine, and when a newer one took over", async () => {
  const failed = openHub(staysOpen);
  const first = tabOf(failed);
  first.port.post({ type: "hello", tab: "a" });
  failed.notOpened({ type: "StorageRefused" });
  expect(await first.hears("notOpened")).toMatchObject({ failure: { type: "StorageRefused" } });

  const { hub } = await runningHub();
  const tab = tabOf(hub);
  tab.port.post({ type: "hello", tab: "a" });
  await tab.hears("ready");
  hub.retire();
  await tab.hears("retired");
});
