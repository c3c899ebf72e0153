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
import { err, ok, type Result } from "../../crypto/base/result.ts";
import { ready } from "../../crypto/base/sodium.ts";
import { sodiumAead, subKeysOf } from "../../crypto/vault/sub-keys.ts";
import { nonceSourceOf } from "../../crypto/vault/vault.ts";
import type { Device } from "../../sync/device.ts";
import { openDevice } from "../../sync/open-device.ts";
import { openDexieStore } from "../../sync/store/dexie-store.ts";
import { StorageError, type Store } from "../../sync/store/store.ts";
import { DB_NAME } from "../db/tables.ts";
import { openVaultKey } from "../platform/vault-key.ts";
import { openHub } from "./hub.ts";
import {
  type EngineEnd,
  engineLockOf,
  type OpenFailure,
  tabLockOf,
  type ToEngine,
  type ToTab,
} from "./messages.ts";
import { openNetwork } from "./network.ts";
import { acceptBroadcast, doorName, portOf } from "./port.ts";
import { systemRandom, systemTimers } from "./system.ts";

const LOCK = "kith-engine";
/** Says `YIELD` when an engine waits for the lock. */
const SUCCESSION = "kith-engine-succession";
const YIELD = "yield";

type Opened = { readonly store: Store; readonly device: Device };

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
  const end = await navigator.locks.request(LOCK, async () => {
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

/** Works until `told` to go, or until it turns out that it cannot. */
async function work(told: Promise<void>): Promise<EngineEnd> {
  const opened = await open();
  if (!opened.ok) {
    hub.notOpened(opened.error);
    return "failed";
  }
  const { store, device } = opened.value;
  hub.opened(device);
  await told;
  await device[Symbol.asyncDispose]();
  await store[Symbol.asyncDispose]();
  hub.retire();
  return "retired";
}

async function open(): Promise<Result<Opened, OpenFailure>> {
  try {
    await ready;
  } catch {
    return err({ type: "CryptoFailed" });
  }
  const key = await openVaultKey();
  if (!key.ok) return key;
  try {
    const { store } = await openDexieStore({
      name: DB_NAME,
      vault: { aead: sodiumAead, keys: subKeysOf(key.value), nonces: nonceSourceOf(systemRandom) },
    });
    return ok({ store, device: await openDeviceOn(store) });
  } catch (error) {
    if (!(error instanceof StorageError)) reportError(error);
    return err({ type: "StorageRefused" });
  }
}

const openDeviceOn = (store: Store): Promise<Device> =>
  openDevice({
    store,
    transport: openNetwork(systemTimers),
    timers: systemTimers,
    random: systemRandom,
    homeUrl: location.origin,
    appUrl: `${location.origin}/`,
    // To the browser's console, where a person who reports a fault can find it. Holds no content.
    failed: (error) => reportError(error),
  });

void run();
