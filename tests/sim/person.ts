/**
 * One device and whoever uses it: it is opened over what is committed, dies at any moment, hands its store
 * to another process, and is opened again. What the person wants is tried until it is done.
 */
import type { Keepsake } from "../../sync/account/keepsake.ts";
import type { Connection, Device, Status } from "../../sync/device.ts";
import type { DeviceDeps, openDevice } from "../../sync/open-device.ts";
import { type MemoryStore, openMemoryStore, type Snapshot } from "../../sync/store/memory-store.ts";
import { StorageError } from "../../sync/store/store.ts";
import type { Chance } from "./chance.ts";
import { type Change, type DeviceStore, openDeviceStore } from "./device-store.ts";
import type { Kernel } from "./kernel.ts";
import type { Network, Plug, Route } from "./network.ts";

/** In every name and text of the simulated people; nobody else may ever see it. */
export const CANARY = "a-canary-sings-here";
const APP_URL = "https://app.example/";
/** What a process that let go of the lock may still be alive for. */
const LINGER_MS = 400;

/** Where a device may die. The store and the wires are its only touch with the world. */
export const MOMENTS = [
  "beforeCommit",
  "afterCommit",
  "beforeSend",
  "afterSend",
  "beforeReceive",
] as const;
export type Moment = (typeof MOMENTS)[number];

export type PersonOptions = {
  /** Of the device. */
  readonly name: string;
  /** The person: whoever has several devices has several of these. */
  readonly owner: string;
  /** The relay that keeps their mailboxes. */
  readonly homeUrl: string;
  readonly openDevice: typeof openDevice;
  /** Has it a place beside its disk for a note? */
  readonly isNoted: boolean;
  readonly kernel: Kernel;
  readonly chance: Chance;
  readonly network: Network;
  readonly committed: (person: Person, changes: readonly Change[]) => void;
  readonly dropped: (person: Person, reason: string) => void;
  readonly failed: (person: Person, error: unknown) => void;
  readonly died: (person: Person, moment: Moment | "now") => void;
  /** A process wrote that had let go of the lock. */
  readonly wroteUnlocked: (person: Person) => void;
};

type Life = {
  readonly memory: MemoryStore;
  readonly store: DeviceStore;
  readonly plug: Plug;
  readonly device: Promise<Device>;
  readonly ended: Promise<undefined>;
  readonly end: (nothing: undefined) => void;
  connection: Connection["type"];
  linking: Status["linking"];
  /** It let go of the lock in good order, and its process is not gone yet. */
  isLingering: boolean;
};

export class Person {
  readonly name: string;
  readonly owner: string;
  readonly homeUrl: string;
  readonly #options: PersonOptions;
  #life: Life | null = null;
  #saved: Snapshot | undefined;
  #skewMs: () => number = () => 0;
  #isFull = false;
  #isVisible = true;
  #route: Route = "up";
  /** How long it stays down when it dies. */
  downMs = 500;
  /** How long a commit takes, at most. */
  commitMs = 0;
  /** Does not begin an account of its own: it waits to be linked to one. */
  isNewcomer = false;
  /** A note beside the disk, where there is such a place: null: empty. */
  #note: string | null = null;
  #isRetired = false;
  /** Dies the `left`-th time that it comes to `moment`. */
  #doom: { readonly moment: Moment; left: number } | null = null;

  constructor(options: PersonOptions, saved: Snapshot | undefined) {
    this.name = options.name;
    this.owner = options.owner;
    this.homeUrl = options.homeUrl;
    this.#options = options;
    this.#saved = saved;
  }

  get isUp(): boolean {
    return this.#life !== null;
  }

  /** Every connection ends without a word. */
  breakWires(): void {
    this.#life?.plug.breakAll();
  }

  /** As the app shows it. */
  get connection(): Connection["type"] | "down" {
    return this.#life?.connection ?? "down";
  }

  /** How far the linking is that goes on here. */
  get linking(): Status["linking"] {
    return this.#life?.linking ?? null;
  }

  get isOffline(): boolean {
    return this.#route !== "up";
  }

  /** Everything that is committed. */
  snapshot(): Snapshot | undefined {
    return this.#life?.store.snapshot() ?? this.#saved;
  }

  /** What the person does with the app: undefined when it is down, dies of it, or its disk is full. */
  async use<R>(work: (device: Device) => Promise<R>): Promise<R | undefined> {
    const life = this.#life;
    if (life === null) return undefined;
    const done = life.device.then((device) => this.#guarded(() => work(device)));
    return await Promise.race([done, life.ended]);
  }

  /** Undefined while it is down. */
  get store(): DeviceStore | undefined {
    return this.#life?.store;
  }

  /** By how much its clock is wrong. */
  get skewMs(): () => number {
    return this.#skewMs;
  }

  set skewMs(skewMs: () => number) {
    this.#skewMs = skewMs;
  }

  set isFull(isFull: boolean) {
    this.#isFull = isFull;
  }

  set route(route: Route) {
    this.#route = route;
    if (this.#life !== null) this.#life.plug.route = route;
  }

  set isVisible(isVisible: boolean) {
    this.#isVisible = isVisible;
    void this.use(async (device) => device.visible(isVisible));
  }

  /** It ticks and is right, or wrong by as much as it is now. */
  steadyClock(): void {
    const skewMs = this.#skewMs();
    this.#skewMs = () => skewMs;
  }

  /** It is erased, and never opened again. */
  retire(): void {
    this.#isRetired = true;
    this.die("now");
  }

  doom(moment: Moment, after: number): void {
    this.#doom = { moment, left: after };
  }

  spare(): void {
    this.#doom = null;
  }

  open(): void {
    if (this.#life !== null || this.#isRetired) return;
    this.#openOver(openMemoryStore(this.#saved, "rows"));
  }

  #openOver(memory: MemoryStore): void {
    const { kernel, chance, network, name } = this.#options;
    const isAlive = (): boolean => this.#life === life || life.isLingering;
    const after = kernel.afterWhile(isAlive);
    const plug = network.plug(name, isAlive, (moment) => this.#at(moment));
    plug.route = this.#route;
    const store = openDeviceStore({
      memory,
      isAlive,
      committed: (changes) => {
        if (this.#life !== life && changes.length > 0) this.#options.wroteUnlocked(this);
        this.#options.committed(this, changes);
      },
      atCommit: (moment) => this.#at(moment),
      isFull: () => this.#isFull,
      pause: async () => {
        if (this.commitMs === 0) return;
        const { promise, resolve } = Promise.withResolvers<void>();
        after(chance.between(0, this.commitMs), resolve);
        await promise;
      },
    });
    const opened = Promise.withResolvers<Device>();
    const { promise: ended, resolve: end } = Promise.withResolvers<undefined>();
    const life: Life = {
      memory,
      store,
      plug,
      device: opened.promise,
      ended,
      end,
      connection: "connecting",
      linking: null,
      isLingering: false,
    };
    this.#life = life;
    const deps: DeviceDeps = {
      store,
      transport: plug,
      timers: { now: () => Math.floor(kernel.now() + this.#skewMs()), after },
      random: chance.bytes,
      homeUrl: this.#options.homeUrl,
      appUrl: APP_URL,
      ...(this.#options.isNoted && { keepsake: this.#keepsakeOf(isAlive) }),
      dropped: (reason) => {
        if (isAlive()) this.#options.dropped(this, reason);
      },
      failed: (error) => {
        if (isAlive()) this.#options.failed(this, error);
      },
    };
    this.#begin(life, deps, opened.resolve).catch((error: unknown) => deps.failed(error));
  }

  #keepsakeOf(isAlive: () => boolean): Keepsake {
    return {
      read: async () => this.#note,
      write: async (text) => {
        if (isAlive()) this.#note = text;
      },
    };
  }

  async #begin(life: Life, deps: DeviceDeps, opened: (device: Device) => void): Promise<void> {
    const device = await this.#options.openDevice(deps);
    device.visible(this.#isVisible);
    device.status(({ connection, linking }) => {
      life.connection = connection.type;
      life.linking = linking;
    });
    opened(device);
    await this.start();
  }

  /** Somebody who was here before is told so, and nothing else happens. */
  async start(): Promise<void> {
    if (this.isNewcomer) return;
    await this.use((device) => device.start(`${CANARY} ${this.owner}`));
  }

  /** The process is gone. What it had committed is kept. */
  die(moment: Moment | "now"): void {
    const life = this.#life;
    if (life === null) return;
    this.#doom = null;
    this.#saved = life.store.snapshot();
    this.#life = null;
    life.plug.deviceGone();
    life.end(undefined);
    this.#options.died(this, moment);
  }

  /** The app is closed in good order. */
  async close(): Promise<void> {
    const life = await this.#disposed();
    if (life === null) return;
    this.#saved = life.store.snapshot();
    this.#life = null;
    life.plug.deviceGone();
    life.end(undefined);
  }

  /**
   * Another process takes over: the one that holds the lock ends its work, lets go, and is there for a while
   * yet. Answers whether it came to that.
   */
  async handOver(): Promise<boolean> {
    const life = await this.#disposed();
    if (life === null) return false;
    life.isLingering = true;
    this.#openOver(life.memory);
    life.end(undefined);
    this.#options.kernel.after(LINGER_MS, () => {
      life.isLingering = false;
      life.plug.deviceGone();
    });
    return true;
  }

  /** The life that was closed in good order; null: it died of it, or there was none. */
  async #disposed(): Promise<Life | null> {
    const life = this.#life;
    if (life === null) return null;
    const device = await Promise.race([life.device, life.ended]);
    await device?.[Symbol.asyncDispose]();
    return this.#life === life ? life : null;
  }

  /** An old copy of the disk takes the place of what is there. False: it is not down. */
  restore(snapshot: Snapshot): boolean {
    if (this.#life !== null) return false;
    this.#saved = snapshot;
    return true;
  }

  /** Everything that it had is gone, and whoever opens it has no account. False: it is not down. */
  evict(): boolean {
    if (this.#life !== null) return false;
    this.#saved = undefined;
    this.#note = null;
    this.isNewcomer = true;
    return true;
  }

  #at(moment: Moment): void {
    if (this.#doom?.moment !== moment) return;
    this.#doom.left -= 1;
    if (this.#doom.left <= 0) this.die(moment);
  }

  /** A full disk is no bug: the command was not done. */
  async #guarded<R>(work: () => Promise<R>): Promise<R | undefined> {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof StorageError)) this.#options.failed(this, error);
      return undefined;
    }
  }
}
