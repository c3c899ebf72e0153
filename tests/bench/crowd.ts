/**
 * People without a browser: the device of sync/ in this process, over the sockets of Node, against a
 * real relay. What the engine worker runs, with a store in memory.
 */
import { setTimeout as pause } from "node:timers/promises";

import { systemRandom, systemTimers } from "../../app/engine/system.ts";
import { assert } from "../../crypto/base/assert.ts";
import type { Device } from "../../sync/device.ts";
import { openDevice } from "../../sync/open-device.ts";
import { openMemoryStore } from "../../sync/store/memory-store.ts";
import type { Store } from "../../sync/store/store.ts";
import { openSocketTransport } from "../../sync/transport/socket-transport.ts";

const WAIT_MAX_MS = 180_000;
const LOOK_EVERY_MS = 20;

export type Person = { readonly name: string; readonly device: Device; readonly store: Store };

/** A new account that has started, with the relay at `url` as its home. */
export async function openPerson(name: string, url: string): Promise<Person> {
  const store = openMemoryStore();
  const device = await openDeviceOn(store, url);
  assert((await device.start(name)).ok, "a person starts once");
  return { name, device, store };
}

/** The device that `store` holds, online. Only one at a time. */
export const openDeviceOn = (store: Store, url: string): Promise<Device> =>
  openDevice({
    store,
    transport: openSocketTransport({ WebSocket, fetch, timers: systemTimers }),
    timers: systemTimers,
    random: systemRandom,
    homeUrl: url,
    appUrl: `${url}/`,
    failed: (error) => {
      throw error;
    },
  });

/** Each guest uses an invite of `host`; settles when every one is answered. */
export async function befriend(host: Person, guests: readonly Person[]): Promise<void> {
  await until(async () => isConnected(host));
  for (const guest of guests) {
    const invite = await host.device.invite();
    assert(invite.ok && invite.value.published, "the relay takes the invite");
    const accepted = await guest.device.acceptInvite(invite.value.link);
    assert(accepted.ok, `${guest.name} accepts`);
    await until(() => knowsOnlyFriends(guest.store));
  }
}

function isConnected({ device }: Person): boolean {
  let isSo = false;
  device.status(({ connection }) => (isSo = connection.type === "connected"))();
  return isSo;
}

async function knowsOnlyFriends(store: Store): Promise<boolean> {
  const contacts = await store.read(["contacts"], (tx) => tx.range("contacts", "primary", {}));
  return contacts.every((it) => it.state === "accepted" || it.state === "self");
}

/** Looks again and again, for at most `WAIT_MAX_MS`. */
export async function until(isSo: () => Promise<boolean>): Promise<void> {
  const lastMs = Date.now() + WAIT_MAX_MS;
  while (!(await isSo())) {
    assert(Date.now() < lastMs, "it came to nothing");
    await pause(LOOK_EVERY_MS);
  }
}
