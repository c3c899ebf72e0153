import { systemRandom } from "../../../app/engine/system.ts";
/** A real device without a network, on a store in memory. */
import { ready } from "../../../crypto/base/sodium.ts";
import type { Device } from "../../../sync/device.ts";
import { openDevice } from "../../../sync/open-device.ts";
import { openMemoryStore } from "../../../sync/store/memory-store.ts";
import type { Store } from "../../../sync/store/store.ts";
import { openMemoryTransport } from "../../../sync/transport/memory-transport.ts";

/** Its timers never fire: what a test sees is what was asked for. */
const heldTimers = { now: () => Date.UTC(2026, 10, 22), after: () => () => undefined };

export type TestDevice = { readonly device: Device; readonly store: Store };

export async function openTestDevice(store: Store = openMemoryStore()): Promise<TestDevice> {
  await ready;
  const device = await openDevice({
    store,
    transport: openMemoryTransport({ relayAt: () => undefined, timers: heldTimers }),
    timers: heldTimers,
    random: systemRandom,
    homeUrl: "https://relay.example",
    appUrl: "https://relay.example/",
    failed: (error) => {
      throw error;
    },
  });
  return { device, store };
}
