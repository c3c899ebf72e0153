/**
 * The engine: the one place of a browser profile where messages are signed, sealed, opened and
 * stored. It runs under the Web Lock `kith-engine`, so there is never a second one, whatever tabs,
 * crashes and updates do.
 *
 * [AEN1] Nothing is opened before the lock is held. [AEN2] An engine that wants the lock asks the
 * one that holds it to go; that one finishes what it writes, tells its tabs and lets go. So a new
 * build takes over from an old one without waiting for its tabs to close. [AEN3] Where there are no
 * SharedWorkers it is the worker of one tab (dial-engine.ts).
 */
import type { OpenRoomHost } from "../../sync/rooms/rooms.ts";
import { heedWakes } from "./caught-up.ts";
import { openHub } from "./hub.ts";
import { type EngineEnd, engineLockOf, tabLockOf, type ToEngine, type ToTab } from "./messages.ts";
import { openEngine } from "./open-engine.ts";
import { acceptBroadcast, doorName, portOf } from "./port.ts";
import { ENGINE_LOCK, SUCCESSION, YIELD } from "./succession.ts";

const life = crypto.randomUUID();
const hub = openHub({
  life,
  whenGone: (tab) => navigator.locks.request(tabLockOf(tab), { mode: "shared" }, () => undefined),
});

export const servePort = (port: MessagePort): void => hub.admit(portOf<ToTab, ToEngine>(port));

export function serveBroadcast(): void {
  acceptBroadcast<ToTab, ToEngine>(doorName(location.pathname), hub.admit);
}

async function run(): Promise<void> {
  await beAlive();
  const succession = new BroadcastChannel(SUCCESSION);
  const told = Promise.withResolvers<void>();
  let holding = false;
  succession.addEventListener("message", ({ data }) => {
    if (data === YIELD && holding) told.resolve();
  });
  succession.postMessage(YIELD);
  const end = await navigator.locks.request(ENGINE_LOCK, async () => {
    holding = true;
    return await work(told.promise);
  });
  if (!("onconnect" in globalThis)) postMessage(end);
  // A dead engine is noticed by its tabs, and made anew where that helps (dial-engine.ts).
  close();
}

/** Takes the lock of our life, for ever. */
function beAlive(): Promise<void> {
  return new Promise((resolve) => {
    void navigator.locks.request(engineLockOf(life), () => {
      resolve();
      return new Promise<never>(() => undefined);
    });
  });
}

/** Yjs comes when the first shared document is opened, and not before. */
const loadRooms = async (): Promise<OpenRoomHost> =>
  (await import("../../sync/rooms/host.ts")).openRoomHost;

/** Works until `told` to go, or until it turns out that it cannot. */
async function work(told: Promise<void>): Promise<EngineEnd> {
  const opened = await openEngine(loadRooms);
  if (!opened.ok) {
    hub.notOpened(opened.error);
    return "failed";
  }
  const { store, device } = opened.value;
  hub.opened(device);
  const unheed = heedWakes(device);
  await told;
  unheed();
  await device[Symbol.asyncDispose]();
  await store[Symbol.asyncDispose]();
  hub.retire();
  return "retired";
}

void run();
