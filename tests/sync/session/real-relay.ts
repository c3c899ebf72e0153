import { signKeyPairOf } from "../../../crypto/sign.ts";
import { httpApp } from "../../../relay/http/http-app.ts";
import { DEFAULT_SETTINGS } from "../../../relay/limits.ts";
import { openRelay, type Relay } from "../../../relay/relay.ts";
import { openMemoryStore } from "../../../relay/store/memory-store.ts";
import type { Store } from "../../../relay/store/store.ts";
import type { MemoryTransport, RelayDoor } from "../../../sync/transport/memory-transport.ts";
import { openMemoryTransport } from "../../../sync/transport/memory-transport.ts";
import type { Registration } from "../../../sync/wire/http.ts";
import { ID_BYTES } from "../../../sync/wire/ids.ts";
import { HeldTimers } from "../transport/held-timers.ts";
import { bytesOf, idOf, URL_HERE } from "./played-relay.ts";

/** The relay's real core and HTTP routes, on a store in memory and a held clock. */
export type RealRelay = {
  readonly timers: HeldTimers;
  readonly transport: MemoryTransport;
  readonly relay: () => Relay;
  /** As after kill -9: another process on the same store. Whoever was connected is cut off. */
  readonly restart: () => void;
  readonly fetch: RelayDoor["fetch"];
  /** Until `restart` nobody answers. */
  readonly stop: () => void;
};

/** Different bytes each time, the same in each run. */
export function countingRandom(): (bytes: number) => Uint8Array<ArrayBuffer> {
  let count = 0;
  return (bytes) => {
    const made = new Uint8Array(bytes);
    for (let i = 0; i < bytes; i += 1)
      made[i] = (count = (count * 1_103_515_245 + 12_345) >>> 0) >>> 16;
    return made;
  };
}

export function openRealRelay(registration: Registration = "open"): RealRelay {
  const timers = new HeldTimers();
  const random = countingRandom();
  const { publicKey } = signKeyPairOf(bytesOf(ID_BYTES.RelayId, 77));
  const relayId = publicKey as Parameters<typeof openRelay>[0]["relayId"];
  const bounds = { ...DEFAULT_SETTINGS, hotPlacesMax: 1_000, hotShelvesMax: 1_000 };
  const store: Store = openMemoryStore({ incarnation: idOf("StoreIncarnation", 1), bounds });
  let running: (RelayDoor & { readonly relay: Relay }) | undefined;
  const start = (): RelayDoor & { readonly relay: Relay } => {
    const relay = openRelay({
      relayId,
      store,
      now: timers.now,
      random,
      timers,
      turn: (work) => void timers.after(0, work),
      settings: DEFAULT_SETTINGS,
      registration,
      operatorTokenHash: null,
      pressure: () => 0,
    });
    const app = httpApp({ relay, files: null, addressOf: () => "here" });
    return { relay, connect: (socket) => relay.connect(socket), fetch: (it) => app.fetch(it) };
  };
  running = start();
  const transport = openMemoryTransport({
    relayAt: (origin) => (origin === URL_HERE ? running : undefined),
    timers,
  });
  return {
    timers,
    transport,
    fetch: (request) => running?.fetch(request) ?? new Response(null, { status: 503 }),
    relay: () => {
      if (running === undefined) throw new Error("the relay was stopped");
      return running.relay;
    },
    restart: () => {
      transport.cut();
      running = start();
    },
    stop: () => {
      transport.cut();
      running = undefined;
    },
  };
}
