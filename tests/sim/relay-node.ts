import { LOOPBACK } from "../../relay/client-address.ts";
/** A relay as the simulator runs it: the real core and HTTP routes over a disk, started and killed. */
import { httpApp } from "../../relay/http/http-app.ts";
import { DEFAULT_SETTINGS } from "../../relay/limits.ts";
import { openRelay, type Relay } from "../../relay/relay.ts";
import type { RelayDoor } from "../../sync/transport/memory-transport.ts";
import type { RelayId } from "../../sync/wire/ids.ts";
import type { Chance } from "./chance.ts";
import type { Disk } from "./disk.ts";
import type { Kernel } from "./kernel.ts";

export type RelayNodeOptions = {
  readonly kernel: Kernel;
  readonly chance: Chance;
  readonly relayId: RelayId;
  /** Who stands before the door and may lie. */
  readonly before: (door: RelayDoor) => RelayDoor;
};

type Running = { readonly relay: Relay; readonly door: RelayDoor; isAlive: boolean };

export class RelayNode {
  readonly #options: RelayNodeOptions;
  #running: Running | null = null;

  constructor(options: RelayNodeOptions) {
    this.#options = options;
  }

  /** Undefined while it is down. */
  get door(): RelayDoor | undefined {
    return this.#running?.door;
  }

  get relay(): Relay | undefined {
    return this.#running?.relay;
  }

  async start(disk: Disk): Promise<void> {
    const { kernel, chance, relayId, before } = this.#options;
    const store = await disk.open();
    const isAlive = (): boolean => this.#running === running;
    const after = kernel.afterWhile(isAlive);
    const relay = openRelay({
      relayId,
      store,
      now: kernel.now,
      random: chance.bytes,
      timers: { after },
      turn: (work) => void after(0, work),
      settings: DEFAULT_SETTINGS,
      registration: "open",
      operatorTokenHash: null,
      pressure: () => 0,
    });
    const app = httpApp({ relay, files: null, addressOf: () => LOOPBACK });
    const door = before({
      connect: (socket) => relay.connect(socket),
      fetch: (request) => app.fetch(request),
    });
    const running: Running = { relay, door, isAlive: true };
    this.#running = running;
  }

  /** Nothing of what the process had in hand goes on. Its sockets are the network's to end. */
  kill(): void {
    this.#running = null;
  }
}
