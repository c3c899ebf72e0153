/**
 * Asking our other devices for history: which channels it is wanted of stands in the store, where we are
 * in each follows from what is here, so it goes on wherever it was broken off. The account channel comes
 * first, because it tells which others there are. docs/protocol/backfill.md, rules [HY16] to [HY18].
 */
import type { Random } from "../../crypto/base/random.ts";
import type { Self } from "../account/self.ts";
import { bytesOf, type Channel, logsOf, numbered } from "../channel/channels.ts";
import type { Timers } from "../clock/timers.ts";
import { reachableDevices } from "../contact/contacts.ts";
import type { Lane } from "../lane.ts";
import { limitKnown } from "../log/known.ts";
import { fetchBundle, keepBundle } from "../outbox/bundles.ts";
import { sendControl } from "../outbox/control.ts";
import { BACKFILL_LOGS_MAX, BACKFILL_RANGES_MAX } from "../payload/limits.ts";
import { encodePayload } from "../payload/payload.ts";
import type { RelayHttp } from "../session/relay-http.ts";
import type { DeviceRow, TableName } from "../store/rows.ts";
import type { ReadTx, Store, WriteTx } from "../store/store.ts";

/** Channels whose history is on its way at a time. */
export const BACKFILLS_AT_ONCE = 2;
/** Without a chunk for so long the question is asked again, of the next device. */
export const BACKFILL_ASK_MS = 15_000;
/** … and then in growing pauses, up to this. */
export const BACKFILL_ASK_MS_MAX = 600_000;

const TABLES: readonly TableName[] = [
  "meta",
  "mailboxes",
  "tokens",
  "contacts",
  "devices",
  "sessions",
  "channels",
  "logs",
  "rosters",
  "outbox",
];

export type BackfillDeps = {
  readonly store: Store;
  readonly lane: Lane;
  readonly timers: Timers;
  readonly random: Random;
  readonly self: () => Self | undefined;
  readonly httpOf: (url: string) => RelayHttp;
  readonly wake: () => void;
  /** Entries that are still to come, as far as they were told of; 0: history is complete. */
  readonly onLeft: (left: number) => void;
  readonly failed: (error: unknown) => void;
};

export type Backfiller = {
  /** There may be something to ask for, or somebody to ask. */
  readonly look: () => void;
  /** A chunk of the channel came; so much is left. */
  readonly arrived: (c: number, left: number) => void;
  readonly close: () => void;
};

/** A question that was asked. `left`: by the newest answer; null: none came yet. */
type Asked = { readonly atMs: number; readonly tries: number; readonly left: number | null };

export const openBackfiller = (deps: BackfillDeps): Backfiller => new Rounds(deps);

class Rounds implements Backfiller {
  readonly #deps: BackfillDeps;
  readonly #asked = new Map<number, Asked>();
  #cancel: (() => void) | undefined;
  #isRunning = false;
  #isAgain = false;
  #isClosed = false;

  constructor(deps: BackfillDeps) {
    this.#deps = deps;
  }

  readonly look = (): void => {
    if (this.#isClosed) return;
    if (this.#isRunning) {
      this.#isAgain = true;
      return;
    }
    this.#isRunning = true;
    this.#round()
      .catch(this.#deps.failed)
      .finally(() => {
        this.#isRunning = false;
        if (!this.#isAgain) return;
        this.#isAgain = false;
        this.look();
      });
  };

  readonly arrived = (c: number, left: number): void => {
    this.#asked.set(c, { atMs: this.#deps.timers.now(), tries: 0, left });
    if (left === 0) this.#finish(c).catch(this.#deps.failed);
    else this.#tellLeft();
  };

  readonly close = (): void => {
    this.#isClosed = true;
    this.#cancel?.();
  };

  /** All that the supplier had is here. */
  async #finish(c: number): Promise<void> {
    const { store, lane } = this.#deps;
    await lane.run(() =>
      store.write(["channels"], async (tx) => {
        const row = await tx.get("channels", c);
        if (row?.history === undefined) return;
        const { history: _, ...rest } = row;
        await tx.put("channels", rest);
      }),
    );
    this.#asked.delete(c);
    this.#tellLeft();
    this.look();
  }

  #tellLeft(): void {
    const left = [...this.#asked.values()].reduce((sum, it) => sum + (it.left ?? 0), 0);
    this.#deps.onLeft(left);
  }

  async #round(): Promise<void> {
    const { store, lane, timers, wake } = this.#deps;
    const self = this.#deps.self();
    if (self === undefined) return;
    const { channels, suppliers } = await store.read(["channels", "contacts", "devices"], (tx) =>
      readWanted(tx, self),
    );
    if (channels.length === 0 || suppliers.length === 0) return;
    let waitMs = Infinity;
    for (const channel of channels.slice(0, BACKFILLS_AT_ONCE)) {
      const asked = this.#asked.get(channel.c) ?? { atMs: -Infinity, tries: 0, left: null };
      const pauseMs = asked.left !== null && asked.tries === 0 ? 0 : pauseAfter(asked.tries);
      const dueMs = asked.atMs + pauseMs - timers.now();
      if (dueMs > 0 && dueMs <= pauseMs) {
        waitMs = Math.min(waitMs, dueMs);
        continue;
      }
      const device = suppliers[asked.tries % suppliers.length];
      if (device === undefined) continue;
      await this.#open(device);
      const isSent = await lane.run(() =>
        store.write(TABLES, (tx) => ask(tx, { ...this.#deps, self }, device, channel)),
      );
      this.#asked.set(channel.c, { ...asked, atMs: timers.now(), tries: asked.tries + 1 });
      waitMs = Math.min(waitMs, pauseAfter(asked.tries + 1));
      if (isSent) wake();
    }
    this.#plan(waitMs);
  }

  /** What a first message to the device is sealed under, if there was none to it yet. */
  async #open(device: DeviceRow): Promise<void> {
    const { store, lane, httpOf } = this.#deps;
    if (device.prekeyBundle !== null) return;
    const bundle = await fetchBundle(httpOf, device);
    if (bundle === undefined) return;
    await lane.run(() =>
      store.write(["devices", "outbox"], (tx) => keepBundle(tx, device.device, bundle)),
    );
  }

  #plan(inMs: number): void {
    this.#cancel?.();
    this.#cancel = undefined;
    if (this.#isClosed || inMs === Infinity) return;
    this.#cancel = this.#deps.timers.after(inMs, this.look);
  }
}

const pauseAfter = (tries: number): number =>
  tries === 0 ? 0 : Math.min(BACKFILL_ASK_MS_MAX, BACKFILL_ASK_MS * 2 ** Math.min(tries - 1, 10));

type Wanted = { readonly channels: readonly Channel[]; readonly suppliers: readonly DeviceRow[] };

/** The account channel first, then what was written to last. */
async function readWanted(tx: ReadTx, self: Self): Promise<Wanted> {
  const all = (await tx.range("channels", "primary", {})).map((it) => numbered(it, "c"));
  const wanted = all.filter((it) => it.history === "wanted");
  const account = wanted.filter((it) => it.kind === "account");
  const others = wanted.filter((it) => it.kind !== "account");
  const channels = [...account, ...others.toSorted((a, b) => b.lastH - a.lastH || a.c - b.c)];
  const devices = channels.length === 0 ? [] : await reachableDevices(tx, self.account);
  return { channels, suppliers: devices.filter((it) => it.device !== self.device) };
}

type AskContext = { readonly self: Self; readonly timers: Timers; readonly random: Random };

async function ask(
  tx: WriteTx,
  { self, timers, random }: AskContext,
  { device: id }: DeviceRow,
  channel: Channel,
): Promise<boolean> {
  const device = await tx.get("devices", id);
  if (device === undefined) return false;
  const logs = (await logsOf(tx, channel.c)).toSorted((a, b) => b.hlc - a.hlc);
  const held = logs.slice(0, BACKFILL_LOGS_MAX).map((it) => ({
    log: bytesOf(it.log),
    known: limitKnown(it.known, BACKFILL_RANGES_MAX),
  }));
  const payloads = [encodePayload("backfill", { channel: bytesOf(channel.id), held })];
  const nowMs = timers.now();
  return await sendControl(tx, { self, device, payloads, before: null, psk: null, nowMs, random });
}
