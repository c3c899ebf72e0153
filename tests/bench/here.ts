/**
 * A relay and devices in this process: the real core and routes over a store in memory, and the real devices
 * of sync/. No sockets and no disk are in between, so what is measured is what people's devices and the
 * relay have to do, and how many bytes pass.
 */
import { setTimeout as pause } from "node:timers/promises";

import { systemRandom, systemTimers } from "../../app/engine/system.ts";
import { assert } from "../../crypto/base/assert.ts";
import { LOOPBACK } from "../../relay/client-address.ts";
import { httpApp } from "../../relay/http/http-app.ts";
import { DEFAULT_SETTINGS } from "../../relay/limits.ts";
import { openRelay } from "../../relay/relay.ts";
import { openMemoryStore as openRelayStore } from "../../relay/store/memory-store.ts";
import type { Device, Status } from "../../sync/device.ts";
import { openDevice } from "../../sync/open-device.ts";
import { openMemoryStore } from "../../sync/store/memory-store.ts";
import type { Store } from "../../sync/store/store.ts";
import { openMemoryTransport, type RelayDoor } from "../../sync/transport/memory-transport.ts";
import type { Transport } from "../../sync/transport/transport.ts";
import { decodeBatch } from "../../sync/wire/frames.ts";
import { idOf } from "../../sync/wire/ids.ts";
import type { Person } from "./crowd.ts";

const URL_HERE = "https://relay.example";
/** Nobody does in a minute what is done here: the limits that say so are lifted. */
const LIFTED = 1_000_000;
const LOOK_EVERY_MS = 20;

/** What a device has sent and received; receipts are replaceable envelopes. */
export type Traffic = { sent: number; received: number; puts: number; receipts: number };

export type Here = AsyncDisposable & {
  /** A device over `store`, which is new when it is left out. */
  readonly open: (name: string, store?: Store) => Promise<Visitor>;
  /** Of all devices together. */
  readonly traffic: Traffic;
};
export type Visitor = Person & {
  readonly traffic: Traffic;
  readonly status: () => Status | undefined;
  /** Until the answer is called no envelope reaches it; then all that came meanwhile do, in their order. */
  readonly hold: () => () => void;
};

/** What waits to be delivered; null: nothing has to. */
type Gate = { waiting: (() => void)[] | null };

export function openHere(): Here {
  const relay = openRelay({
    relayId: idOf("RelayId", systemRandom(32)),
    store: openRelayStore({
      incarnation: idOf("StoreIncarnation", systemRandom(8)),
      bounds: { ...DEFAULT_SETTINGS, hotPlacesMax: LIFTED, hotShelvesMax: LIFTED },
    }),
    now: Date.now,
    random: systemRandom,
    timers: { after: systemTimers.after },
    turn: (work) => void setImmediate(work),
    settings: {
      ...DEFAULT_SETTINGS,
      tokenPutsPerSecond: LIFTED,
      socketFramesPerSecond: LIFTED,
    },
    registration: "open",
    operatorTokenHash: null,
    pressure: () => 0,
  });
  const app = httpApp({ relay, files: null, addressOf: () => LOOPBACK });
  const door: RelayDoor = {
    connect: (socket) => relay.connect(socket),
    fetch: (request) => app.fetch(request),
  };
  const traffic: Traffic = { sent: 0, received: 0, puts: 0, receipts: 0 };
  const open = async (
    name: string,
    store: Store = openMemoryStore(undefined, "rows"),
  ): Promise<Visitor> => {
    const own: Traffic = { sent: 0, received: 0, puts: 0, receipts: 0 };
    const inner = openMemoryTransport({ relayAt: () => door, timers: systemTimers });
    const gate: Gate = { waiting: null };
    const hold = (): (() => void) => {
      gate.waiting = [];
      return () => {
        const { waiting } = gate;
        gate.waiting = null;
        for (const deliver of waiting ?? []) deliver();
      };
    };
    let status: Status | undefined;
    const device: Device = await openDevice({
      store,
      transport: counted(inner, [own, traffic], gate),
      timers: systemTimers,
      random: systemRandom,
      homeUrl: URL_HERE,
      appUrl: `${URL_HERE}/`,
      failed: (error) => {
        throw error;
      },
    });
    device.status((now) => {
      status = now;
    });
    return { name, device, store, traffic: own, status: () => status, hold };
  };
  return { open, traffic, [Symbol.asyncDispose]: () => relay.drain() };
}

/** What passes is counted; envelopes wait at the gate. */
function counted(inner: Transport, all: readonly Traffic[], gate: Gate): Transport {
  return {
    ...inner,
    request: inner.request,
    connect: (url, events) => {
      const wire = inner.connect(url, {
        ...events,
        onMessage: (bytes) => {
          for (const it of all) it.received += bytes.length;
          const deliver = (): void => events.onMessage(bytes);
          if (gate.waiting !== null && bringsMail(bytes)) gate.waiting.push(deliver);
          else deliver();
        },
      });
      return {
        ...wire,
        close: () => wire.close(),
        bufferedAmount: () => wire.bufferedAmount(),
        send: (bytes) => {
          const frames = decodeBatch(bytes);
          for (const it of all) {
            it.sent += bytes.length;
            for (const frame of frames.ok ? frames.value : []) {
              if (frame.type !== "put") continue;
              if (frame.slot === null) it.puts += 1;
              else it.receipts += 1;
            }
          }
          wire.send(bytes);
        },
      };
    },
  };
}

function bringsMail(bytes: Uint8Array): boolean {
  const frames = decodeBatch(bytes);
  return frames.ok && frames.value.some(({ type }) => type === "msg");
}

/** Looks again and again. */
export async function within(ms: number, isSo: () => Promise<boolean>): Promise<void> {
  const lastMs = Date.now() + ms;
  while (!(await isSo())) {
    assert(Date.now() < lastMs, "it came to nothing");
    await pause(LOOK_EVERY_MS);
  }
}

export async function start(here: Here, name: string): Promise<Visitor> {
  const person = await here.open(name);
  assert((await person.device.start(name)).ok, "a person starts once");
  return person;
}

const MEET_MS_MAX = 60_000;

/** `laptop` becomes a device of `phone`'s account. */
export async function linkUp(phone: Visitor, laptop: Visitor): Promise<void> {
  assert((await phone.device.linking.show("Firefox")).ok, "a code is shown");
  const shown = phone.status()?.linking;
  assert(shown?.type === "shown", "a code is shown");
  assert((await laptop.device.linking.use(shown.link, "Firefox")).ok, "the code is used");
  await within(MEET_MS_MAX, async () => phone.status()?.linking?.type === "compare");
  phone.device.linking.confirm();
  await within(MEET_MS_MAX, async () => laptop.status()?.linking?.type === "linked");
}

export async function accountOf({ store }: Person): Promise<string> {
  const channels = await store.read(["channels"], (tx) => tx.range("channels", "primary", {}));
  const self = channels.find((it) => it.kind === "self");
  assert(self !== undefined, "they have an account");
  return self.account;
}
