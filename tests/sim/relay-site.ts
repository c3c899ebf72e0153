/**
 * A relay at its address: the process that runs there, the disk under it, whoever may stand before its door and
 * lie, and what it has promised. It is killed, fails and loses its disk without the others.
 */
import type { RelayDoor } from "../../sync/transport/memory-transport.ts";
import { idOf } from "../../sync/wire/ids.ts";
import type { Chance } from "./chance.ts";
import { Disk, type Written } from "./disk.ts";
import type { Kernel } from "./kernel.ts";
import { RelayNode } from "./relay-node.ts";
import { RelayWatch, type RelayWatchOptions } from "./relay-watch.ts";
import { WickedRelay } from "./wicked-relay.ts";

/** Where they are: a person's home is one of these. */
export const RELAY_URLS = ["https://relay.example", "https://second.example"] as const;
const RELAY_ID_BYTES = 32;
const INCARNATION_BYTES = 8;

export type SavedRelay = {
  readonly written: readonly Written[];
  readonly relayId: Uint8Array;
  readonly incarnation: Uint8Array;
};

export type RelaySiteOptions = Omit<RelayWatchOptions, "isDurable" | "isRelayHonest"> & {
  /** As traces call it. */
  readonly name: string;
  readonly url: string;
  readonly from: SavedRelay | undefined;
  readonly isHonest: boolean;
  readonly kernel: Kernel;
  /** A stream of its own, by what it is for. */
  readonly chance: (stream: string) => Chance;
  readonly isAnotherUp: () => boolean;
  /** Its process is gone, and the sockets with it. */
  readonly gone: () => void;
  readonly trace: (line: () => string) => void;
};

export class RelaySite {
  readonly url: string;
  readonly isHonest: boolean;
  readonly watch: RelayWatch;
  /** Share of the envelopes that it lies about. */
  wickedness = 0;
  /** It dies the next time that it has written and not synced. */
  isDoomed = false;
  /** How long it stays down when it dies. */
  downMs = 500;
  readonly #options: RelaySiteOptions;
  readonly #node: RelayNode;
  readonly #relayId: Uint8Array;
  #incarnation: Uint8Array;
  #incarnations = 0;
  #disk: Disk;

  constructor(options: RelaySiteOptions) {
    const { url, from, isHonest, kernel, chance, happened } = options;
    this.#options = options;
    this.url = url;
    this.isHonest = isHonest;
    const random = chance("ids");
    this.#relayId = from?.relayId ?? random.bytes(RELAY_ID_BYTES);
    this.#incarnation = from?.incarnation ?? random.bytes(INCARNATION_BYTES);
    this.watch = new RelayWatch({
      ...options,
      isRelayHonest: isHonest,
      isDurable: (mailbox, envelope) => this.#disk.holds(mailbox, envelope),
    });
    const wicked = new WickedRelay({
      chance: chance("wicked relay"),
      wickedness: () => this.wickedness,
      happened,
      soon: (run) => void kernel.after(0, run),
    });
    this.#node = new RelayNode({
      kernel,
      chance: chance("relay"),
      relayId: idOf("RelayId", this.#relayId),
      before: (door) => (isHonest ? door : wicked.door(door)),
    });
    this.#disk = this.#diskOf(from?.written ?? []);
  }

  /** Undefined while it is down. */
  get door(): RelayDoor | undefined {
    return this.#node.door;
  }

  get relay(): RelayNode["relay"] {
    return this.#node.relay;
  }

  async start(): Promise<void> {
    if (this.door !== undefined) return;
    await this.#node.start(this.#disk);
    this.#trace("is up");
    this.watch.restarted();
  }

  /** kill -9. */
  kill(): void {
    if (this.door === undefined) return;
    const { happened, isAnotherUp, gone, kernel } = this.#options;
    this.#trace("is killed");
    if (isAnotherUp()) happened("one relay dies, and another goes on");
    if (this.#disk.hasUnsynced) happened("the relay dies between write and sync");
    happened("the relay dies");
    this.#node.kill();
    this.#disk.crash();
    gone();
    kernel.after(this.downMs, () => void this.start());
  }

  /** EIO for so long. */
  failDisk(forMs: number): void {
    this.#options.happened("the relay's disk fails");
    const disk = this.#disk;
    disk.isFailing = true;
    this.#options.kernel.after(forMs, () => {
      disk.isFailing = false;
    });
  }

  /** Its disk is gone: a new store, which knows nothing. */
  wipe(): void {
    this.kill();
    this.#trace("has a wiped disk");
    const { happened, isAnotherUp, chance } = this.#options;
    happened("the relay's disk is wiped");
    if (isAnotherUp()) happened("one relay loses its disk, and another keeps its own");
    this.#incarnations += 1;
    const random = chance(`incarnation ${this.#incarnations}`);
    this.#incarnation = random.bytes(INCARNATION_BYTES);
    this.#disk = this.#diskOf([]);
    this.watch.wiped();
  }

  /** Nothing goes wrong with it any more. */
  calm(): void {
    this.wickedness = 0;
    this.isDoomed = false;
    this.#disk.isFailing = false;
    void this.start();
  }

  /** As a beginning for other worlds. */
  save(): SavedRelay {
    const { written } = this.#disk;
    return { written: [...written], relayId: this.#relayId, incarnation: this.#incarnation };
  }

  #diskOf(written: readonly Written[]): Disk {
    const { kernel, chance } = this.#options;
    return new Disk({
      kernel,
      chance: chance("disk"),
      incarnation: idOf("StoreIncarnation", this.#incarnation),
      written,
      removed: (mailbox, envelope) => this.watch.removed(mailbox, envelope),
      beforeSync: () => {
        if (!this.isDoomed) return;
        this.isDoomed = false;
        kernel.after(0, () => this.kill());
      },
    });
  }

  #trace(what: string): void {
    this.#options.trace(() => `${this.#options.name} ${what}`);
  }
}
