/**
 * One person with one device: it is opened over what is committed, dies at any moment, and is opened
 * again. What the person wants (write, read, accept an invite) is tried until it is done.
 */
import type { Connection, Device } from "../../sync/device.ts";
import { type DeviceDeps, openDevice } from "../../sync/open-device.ts";
import type { Snapshot } from "../../sync/store/memory-store.ts";
import { StorageError } from "../../sync/store/store.ts";
import type { Chance } from "./chance.ts";
import { type Change, type DeviceStore, openDeviceStore } from "./device-store.ts";
import type { Kernel } from "./kernel.ts";
import type { Network, Plug, Route } from "./network.ts";

export const HOME_URL = "https://relay.example";
/** In every name and text of the simulated people; nobody else may ever see it. */
export const CANARY = "a-canary-sings-here";
const APP_URL = "https://app.example/";

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
  readonly name: string;
  readonly kernel: Kernel;
  readonly chance: Chance;
  readonly network: Network;
  readonly committed: (person: Person, changes: readonly Change[]) => void;
  readonly dropped: (person: Person, reason: string) => void;
  readonly failed: (person: Person, error: unknown) => void;
  readonly died: (person: Person, moment: Moment | "now") => void;
};

type Life = {
  readonly store: DeviceStore;
  readonly plug: Plug;
  readonly device: Promise<Device>;
  readonly ended: Promise<undefined>;
  readonly end: (nothing: undefined) => void;
  connection: Connection["type"];
};

export class Person {
  readonly name: string;
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
  /** Dies the `left`-th time that it comes to `moment`. */
  #doom: { readonly moment: Moment; left: number } | null = null;

  constructor(options: PersonOptions, saved: Snapshot | undefined) {
    this.name = options.name;
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

  doom(moment: Moment, after: number): void {
    this.#doom = { moment, left: after };
  }

  spare(): void {
    this.#doom = null;
  }

  open(): void {
    if (this.#life !== null) return;
    const { kernel, chance, network, name } = this.#options;
    const isAlive = (): boolean => this.#life === life;
    const after = kernel.afterWhile(isAlive);
    const plug = network.plug(name, isAlive, (moment) => this.#at(moment));
    plug.route = this.#route;
    const store = openDeviceStore({
      from: this.#saved,
      isAlive,
      committed: (changes) => this.#options.committed(this, changes),
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
      store,
      plug,
      device: opened.promise,
      ended,
      end,
      connection: "connecting",
    };
    this.#life = life;
    const deps: DeviceDeps = {
      store,
      transport: plug,
      timers: { now: () => Math.floor(kernel.now() + this.#skewMs()), after },
      random: chance.bytes,
      homeUrl: HOME_URL,
      appUrl: APP_URL,
      dropped: (reason) => {
        if (isAlive()) this.#options.dropped(this, reason);
      },
      failed: (error) => {
        if (isAlive()) this.#options.failed(this, error);
      },
    };
    this.#begin(life, deps, opened.resolve).catch((error: unknown) => deps.failed(error));
  }

  async #begin(life: Life, deps: DeviceDeps, opened: (device: Device) => void): Promise<void> {
    const device = await openDevice(deps);
    device.visible(this.#isVisible);
    device.status(({ connection }) => {
      life.connection = connection.type;
    });
    opened(device);
    // Somebody who was here before is told so, and nothing else happens.
    await this.use(() => device.start(`${CANARY} ${this.name}`));
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
    const life = this.#life;
    if (life === null) return;
    const device = await life.device;
    await device[Symbol.asyncDispose]();
    if (this.#life !== life) return;
    this.#saved = life.store.snapshot();
    this.#life = null;
    life.plug.deviceGone();
    life.end(undefined);
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
