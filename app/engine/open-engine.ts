/** Opens the device on this browser profile's database. Only under the lock of succession.ts. */
import { err, ok, type Result } from "../../crypto/base/result.ts";
import { ready } from "../../crypto/base/sodium.ts";
import { sodiumAead, subKeysOf } from "../../crypto/vault/sub-keys.ts";
import { nonceSourceOf } from "../../crypto/vault/vault.ts";
import type { Device } from "../../sync/device.ts";
import { type DeviceDeps, openDevice } from "../../sync/open-device.ts";
import { openDexieStore } from "../../sync/store/dexie-store.ts";
import { StorageError, type Store } from "../../sync/store/store.ts";
import { DB_NAME } from "../db/tables.ts";
import { cacheKeepsake } from "../platform/keepsake.ts";
import { openVaultKey } from "../platform/vault-key.ts";
import type { OpenFailure } from "./messages.ts";
import { openNetwork } from "./network.ts";
import { systemRandom, systemTimers } from "./system.ts";

export type OpenedEngine = { readonly store: Store; readonly device: Device };

/** `loadRooms`: where there are shared documents (sync/rooms/rooms.ts). */
export async function openEngine(
  loadRooms?: DeviceDeps["loadRooms"],
): Promise<Result<OpenedEngine, OpenFailure>> {
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
    return ok({ store, device: await openDeviceOn(store, loadRooms) });
  } catch (error) {
    if (!(error instanceof StorageError)) reportError(error);
    return err({ type: "StorageRefused" });
  }
}

const openDeviceOn = (store: Store, loadRooms: DeviceDeps["loadRooms"]): Promise<Device> =>
  openDevice({
    store,
    transport: openNetwork(systemTimers),
    timers: systemTimers,
    random: systemRandom,
    keepsake: cacheKeepsake,
    homeUrl: location.origin,
    appUrl: `${location.origin}/`,
    ...(loadRooms !== undefined && { loadRooms }),
    // To the browser's console, where a person who reports a fault can find it. Holds no content.
    failed: (error) => reportError(error),
  });
