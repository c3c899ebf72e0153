import { beforeAll, expect, test } from "vitest";

import { ready } from "../../crypto/base/sodium.ts";
import { inviteLinkOf } from "../../crypto/invite/link.ts";
import type { Device, Status } from "../../sync/device.ts";
import { openDevice } from "../../sync/open-device.ts";
import { type MemoryStore, openMemoryStore } from "../../sync/store/memory-store.ts";
import { openMemoryTransport } from "../../sync/transport/memory-transport.ts";
import { Chance } from "../sim/chance.ts";
import { NOW_MS, RELAY_URL } from "./acquainted.ts";
import { HeldTimers } from "./transport/held-timers.ts";

beforeAll(() => ready);

type Alone = {
  readonly device: Device;
  readonly timers: HeldTimers;
  readonly store: MemoryStore;
  readonly status: () => Status | undefined;
  readonly failures: unknown[];
  /** Origins of which anything was asked. */
  readonly asked: Set<string>;
};

/** A device that no relay answers. */
async function alone(store: MemoryStore = openMemoryStore()): Promise<Alone> {
  const timers = new HeldTimers(NOW_MS);
  const failures: unknown[] = [];
  const asked = new Set<string>();
  const relayAt = (origin: string): undefined => void asked.add(origin);
  const device = await openDevice({
    store,
    transport: openMemoryTransport({ relayAt, timers }),
    timers,
    random: new Chance(3, "alone").bytes,
    homeUrl: RELAY_URL,
    appUrl: "https://kith.example/",
    failed: (error) => failures.push(error),
  });
  let status: Status | undefined;
  device.status((it) => {
    status = it;
  });
  return { device, timers, store, status: () => status, failures, asked };
}

test("[DV4] before the start there is nobody to ask; after it there is one account", async () => {
  const { device } = await alone();
  const notStarted = { ok: false, error: { type: "NotStarted" } };
  expect(await device.invite()).toEqual(notStarted);
  expect(await device.acceptInvite("https://kith.example/#x")).toEqual(notStarted);
  expect(await device.send(1, "hello")).toEqual({ ok: false, error: { type: "ChannelUnknown" } });
  device.typing(1);
  device.watch(["00"]);
  device.visible(true);
  await device.decide("00", "block");
  await device.markRead(1);
  expect(await device.start("  ")).toEqual({ ok: false, error: { type: "NameEmpty" } });
  expect(await device.start("x".repeat(65))).toEqual({
    ok: false,
    error: { type: "NameTooLong", limit: 64 },
  });
  expect(await device.start("Alice")).toEqual({ ok: true, value: undefined });
  expect(await device.start("Bob")).toEqual({ ok: false, error: { type: "AlreadyStarted" } });
});

test("[AP7] what cannot be sent is refused in words", async () => {
  const { device } = await alone();
  await device.start("Alice");
  expect(await device.send(1, " \n ")).toEqual({ ok: false, error: { type: "TextEmpty" } });
  expect(await device.send(1, "x".repeat(100_001))).toEqual({
    ok: false,
    error: { type: "TextTooManyCharacters", characters: 100_001, limit: 100_000 },
  });
  expect(await device.send(99, "hello")).toEqual({ ok: false, error: { type: "ChannelUnknown" } });
  const sent = await device.send(1, "to myself");
  expect(sent.ok && sent.value.id.length).toBe(26);
});

test("[UP1] an invite is made without a relay, and is the same until it is used", async () => {
  const { device, timers } = await alone();
  await device.start("Alice");
  const first = await timers.outcome(device.invite());
  await timers.advance(5_000);
  const second = await timers.outcome(device.invite());
  expect(first).toMatchObject({ ok: true, value: { published: false } });
  expect(second).toEqual(first);
});

test("[DV2] the status says that nobody answers, and when it is tried again", async () => {
  const { device, timers, status } = await alone();
  expect(status()?.connection).toEqual({ type: "connecting" });
  await device.start("Alice");
  await timers.settle();
  expect(status()?.connection).toMatchObject({ type: "offline", why: "unreachable" });
  const { connection } = status() ?? {};
  const retryAtMs = connection?.type === "offline" ? connection.retryAtMs : 0;
  expect(retryAtMs).toBeGreaterThanOrEqual(NOW_MS);
  expect(retryAtMs).toBeLessThanOrEqual(NOW_MS + 60_000);
});

test("[DV3] closed, a device leaves no timer and no work behind, and another goes on", async () => {
  const { device, timers, store, failures } = await alone();
  await device.start("Alice");
  await device.send(1, "one");
  await timers.advance(10_000);
  await device[Symbol.asyncDispose]();
  // A request that is under way ends by its own timeout, and starts nothing.
  await timers.advance(60_000);
  expect(timers.waiting).toBe(0);
  expect(failures).toEqual([]);
  const next = await alone(store);
  expect(await next.device.start("Alice")).toEqual({
    ok: false,
    error: { type: "AlreadyStarted" },
  });
  const sent = await next.device.send(1, "two");
  expect(sent.ok).toBe(true);
  const rows = await store.read(["entries"], (tx) => tx.range("entries", "primary", {}));
  expect(rows.map((it) => it.text)).toEqual(["", "one", "two"]);
});

test("[SE23] a stranger's link does not make the device knock inside the network it is in", async () => {
  const { device, timers, asked } = await alone();
  await device.start("Alice");
  const invite = {
    leadsTo: "person" as const,
    account: new Uint8Array(32),
    secret: new Uint8Array(32),
    expiresAtS: 2 ** 32 - 1,
  };
  const open = (relayUrl: string): ReturnType<Device["acceptInvite"]> =>
    timers.outcome(
      device.acceptInvite(inviteLinkOf("https://kith.example/", { ...invite, relayUrl })),
    );
  const unreachable = { ok: false, error: { type: "RelayUnreachable" } };
  for (const url of ["http://localhost:8787", "https://nas.local", "https://printer"]) {
    expect(await open(url)).toEqual(unreachable);
    expect(asked).not.toContain(url);
  }
  expect(await open("https://other.example")).toEqual(unreachable);
  expect(asked).toContain("https://other.example");
});
