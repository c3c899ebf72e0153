/**
 * Asking for history: which channels it is wanted of stands in the store, where we are in each follows from
 * what is here, so it goes on wherever it was broken off. The account channel comes first, because it tells
 * which others there are. docs/protocol/backfill.md, rules [HY16] to [HY20].
 */
import type { Hex } from "../../crypto/base/hex.ts";
import type { Random } from "../../crypto/base/random.ts";
import type { Self } from "../account/self.ts";
import { bytesOf, type Channel, logsOf, numbered } from "../channel/channels.ts";
import { membersOf } from "../channel/members.ts";
import type { Timers } from "../clock/timers.ts";
import type { Lane } from "../lane.ts";
import { limitKnown } from "../log/known.ts";
import { firstHistory } from "../media/media-rows.ts";
import { bundleOf, keepBundle } from "../outbox/bundles.ts";
import { sendControl } from "../outbox/control.ts";
import { BACKFILL_LOGS_MAX, BACKFILL_RANGES_MAX } from "../payload/limits.ts";
import { encodePayload } from "../payload/payload.ts";
import type { Effects } from "../receive/effects.ts";
import type { Knocks } from "../session/knocks.ts";
import type { RelayHttp } from "../session/relay-http.ts";
import type { DeviceRow, TableName } from "../store/rows.ts";
import type { ReadTx, Store, WriteTx } from "../store/store.ts";
import { suppliersOf } from "./suppliers.ts";
import { CHUNKS_PER_ANSWER } from "./supply.ts";

/** Channels whose history is on its way at a time. */
export const BACKFILLS_AT_ONCE = 2;
/** Without a chunk for so long another device is asked, as long as there is one that was not asked … */
export const BACKFILL_NEXT_MS = 3_000;
/** … and then all of them again, one after the other, in so long. */
export const BACKFILL_ASK_MS = 15_000;
/** … and then in growing pauses, up to this. */
export const BACKFILL_ASK_MS_MAX = 600_000;

/** A device that did not answer so often is not waited for: it may be gone for good. */
const SUPPLIER_TRIES_MAX = 6;

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

const WANTED_TABLES: readonly TableName[] = ["channels", "contacts", "devices", "rosters", "media"];

export type BackfillDeps = {
  readonly store: Store;
  readonly lane: Lane;
  readonly timers: Timers;
  readonly random: Random;
  readonly self: () => Self | undefined;
  readonly httpOf: (url: string) => RelayHttp;
  readonly knocks: Knocks;
  readonly wake: () => void;
  readonly effects: Pick<Effects, "upkeep" | "devices">;
  /** False while an answer may lie in our mailbox, unread. Rule [HY25]. */
  readonly mayAsk: () => boolean;
  /** Entries that are still to come, as far as they were told of; 0: history is complete. */
  readonly onLeft: (left: number) => void;
  readonly failed: (error: unknown) => void;
};

export type Backfiller = {
  /** There may be something to ask for, or somebody to ask. */
  readonly look: () => void;
  /** A chunk of the channel came; so much is left with that device. Null: it may be no answer of ours. */
  readonly arrived: (c: number, left: number | null, device: Hex) => void;
  readonly close: () => void;
};

/** A question that was asked. `left`: by the newest answer; null: none came yet. */
type Asked = {
  readonly atMs: number;
  readonly tries: number;
  readonly left: number | null;
  /** Chunks of the newest answer that may be on their way. */
  readonly toCome: number;
  /** Devices that have nothing more for us, and how often the others were asked in vain. */
  readonly isDry: ReadonlySet<Hex>;
  readonly inVain: ReadonlyMap<Hex, number>;
  /** Whose newest chunk may have been the end: a second one that may is taken for it. */
  readonly doubted: Hex | null;
};
const NOT_ASKED: Asked = {
  atMs: -Infinity,
  tries: 0,
  left: null,
  toCome: 0,
  isDry: new Set(),
  inVain: new Map(),
  doubted: null,
};

export const openBackfiller = (deps: BackfillDeps): Backfiller => new Rounds(deps);

class Rounds implements Backfiller {
  readonly #deps: BackfillDeps;
  readonly #asked = new Map<number, Asked>();
  /** By channel: who answered to its end what we had asked before we were closed. */
  readonly #dry = new Map<number, readonly Hex[]>();
  /** Who answered last, whatever channel it was: it is there. */
  #answering: Hex | undefined;
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

  readonly arrived = (c: number, told: number | null, device: Hex): void => {
    const before = this.#asked.get(c);
    // Between the chunks of an answer it is one of them.
    const isBegun = before !== undefined && before.toCome < CHUNKS_PER_ANSWER && before.toCome > 0;
    const isEnd = (isBegun && this.#answering === device) || before?.doubted === device;
    const left = told ?? (isEnd ? 0 : null);
    this.#answering = device;
    if (before === undefined) {
      // Nobody tells us how much is left of what we did not ask for: it is shown to the person.
      if (left === 0) this.#dry.set(c, [...(this.#dry.get(c) ?? []), device]);
      return this.look();
    }
    const isDry = new Set(before.isDry);
    if (left === 0) isDry.add(device);
    const inVain = new Map([...before.inVain].filter(([it]) => it !== device));
    const atMs = this.#deps.timers.now();
    // What may be the end is asked about once more: the answer is empty then.
    const isOver = left === 0 || left === null;
    const toCome = isOver ? 0 : Math.max(0, before.toCome - 1);
    const doubted = left === null ? device : null;
    const known = { left: left ?? before.left, isDry, inVain, doubted };
    this.#asked.set(c, { atMs, tries: 0, toCome, ...known });
    this.#tellLeft();
    if (isOver) this.look();
  };

  readonly close = (): void => {
    this.#isClosed = true;
    this.#cancel?.();
  };

  /** All that anybody had is here. */
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
    this.#dry.delete(c);
    this.#tellLeft();
    // What removed devices wrote there is known now: rule [OD23].
    this.#deps.effects.devices();
  }

  #tellLeft(): void {
    const left = [...this.#asked.values()].reduce((sum, it) => sum + (it.left ?? 0), 0);
    this.#deps.onLeft(left);
  }

  /** Who was asked in vain least often; of those one of our own, and the one that is there. */
  #next({ inVain }: Asked, open: readonly DeviceRow[]): DeviceRow | undefined {
    const own = this.#deps.self()?.account;
    const hopeOf = ({ account, device }: DeviceRow): number =>
      2 * Number(account === own) + Number(device === this.#answering);
    const vainOf = ({ device }: DeviceRow): number => inVain.get(device) ?? 0;
    return open.toSorted((a, b) => vainOf(a) - vainOf(b) || hopeOf(b) - hopeOf(a))[0];
  }

  async #round(): Promise<void> {
    const { store, lane, timers, wake } = this.#deps;
    const self = this.#deps.self();
    // When the mailbox is read, all that was put off goes on, and so does this.
    if (self === undefined || !this.#deps.mayAsk()) return;
    const wanted = await store.read(WANTED_TABLES, (tx) => readWanted(tx, self));
    const isWanted = (c: number): boolean => wanted.some(({ channel }) => channel.c === c);
    for (const c of this.#dry.keys()) if (!isWanted(c)) this.#dry.delete(c);
    for (const c of this.#asked.keys()) if (!isWanted(c)) this.#asked.delete(c);
    this.#tellLeft();
    let waitMs = Infinity;
    let underWay = 0;
    for (const { channel, suppliers, isAtRelay } of wanted) {
      if (isAtRelay) continue;
      if (underWay >= BACKFILLS_AT_ONCE) {
        waitMs = Math.min(waitMs, BACKFILL_NEXT_MS);
        break;
      }
      const { c } = channel;
      const asked = this.#asked.get(c) ?? { ...NOT_ASKED, isDry: new Set(this.#dry.get(c)) };
      if (isDone(asked, suppliers, self)) {
        await this.#finish(channel.c);
        continue;
      }
      const open = openOf(asked, suppliers);
      if (open.length === 0) continue;
      const sinceMs = timers.now() - asked.atMs;
      // Nobody stands in the way of other channels who may never answer.
      if (asked.tries === 0 || sinceMs < BACKFILL_NEXT_MS) underWay += 1;
      const pauseMs = pauseAfter(asked, open.length);
      const dueMs = pauseMs - sinceMs;
      if (dueMs > 0 && dueMs <= pauseMs) {
        waitMs = Math.min(waitMs, dueMs);
        continue;
      }
      const device = this.#next(asked, open);
      if (device === undefined) continue;
      await this.#open(device);
      const isSent = await lane.run(() =>
        store.write(TABLES, (tx) => ask(tx, { ...this.#deps, self }, device, channel)),
      );
      const inVain = new Map(asked.inVain);
      inVain.set(device.device, (inVain.get(device.device) ?? 0) + 1);
      const tries = asked.tries + 1;
      const now = { ...asked, atMs: timers.now(), tries, toCome: CHUNKS_PER_ANSWER, inVain };
      this.#asked.set(channel.c, now);
      waitMs = Math.min(waitMs, pauseAfter(now, open.length));
      if (isSent) wake();
    }
    this.#plan(waitMs);
  }

  /** What a first message to the device is sealed under, if there was none to it yet. */
  async #open(device: DeviceRow): Promise<void> {
    const { store, lane } = this.#deps;
    if (device.prekeyBundle !== null) return;
    const bundle = await bundleOf(this.#deps, device.device);
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

/** `devices`: that may be asked. An answer begins the count anew, and its end leads to the next question. */
function pauseAfter({ tries, toCome }: Asked, devices: number): number {
  if (tries === 0) return toCome === 0 ? 0 : BACKFILL_NEXT_MS;
  if (tries < devices) return BACKFILL_NEXT_MS;
  return Math.min(BACKFILL_ASK_MS_MAX, BACKFILL_ASK_MS * 2 ** Math.min(tries - devices, 10));
}

/** Who may have more. Those who never answered are asked when nobody else is left. */
function openOf(asked: Asked, suppliers: readonly DeviceRow[]): readonly DeviceRow[] {
  const open = suppliers.filter((it) => !isOver(asked, it));
  return open.length > 0 ? open : suppliers.filter((it) => !asked.isDry.has(it.device));
}

/** Asked in vain, or it has no more. */
const isOver = ({ isDry, inVain }: Asked, { device }: DeviceRow): boolean =>
  isDry.has(device) || (inVain.get(device) ?? 0) >= SUPPLIER_TRIES_MAX;

/**
 * What one device of ours had is all that we had. Without such a device: what everybody who answers had.
 */
function isDone(asked: Asked, suppliers: readonly DeviceRow[], self: Self): boolean {
  const isDry = (it: DeviceRow): boolean => asked.isDry.has(it.device);
  if (suppliers.some((it) => it.account === self.account && isDry(it))) return true;
  return suppliers.some(isDry) && suppliers.every((it) => isOver(asked, it));
}

type Wanted = {
  readonly channel: Channel;
  readonly suppliers: readonly DeviceRow[];
  /** Some of it lies at a relay for us, and comes first: nobody is asked for it once more. */
  readonly isAtRelay: boolean;
};

/** The account channel first, then what was written to last. Who is out of a group asks nobody there. */
async function readWanted(tx: ReadTx, self: Self): Promise<readonly Wanted[]> {
  const all = (await tx.range("channels", "primary", {})).map((it) => numbered(it, "c"));
  const wanted: Channel[] = [];
  for (const it of all.filter(({ history }) => history === "wanted")) {
    if ((await membersOf(tx, self, it)).includes(self.account)) wanted.push(it);
  }
  const account = wanted.filter((it) => it.kind === "account");
  const others = wanted.filter((it) => it.kind !== "account");
  const channels = [...account, ...others.toSorted((a, b) => b.lastH - a.lastH || a.c - b.c)];
  return Promise.all(
    channels.map(async (channel) => ({
      channel,
      suppliers: await suppliersOf(tx, self, channel),
      isAtRelay: (await firstHistory(tx, channel.c)) !== undefined,
    })),
  );
}

type AskContext = { readonly self: Self } & Pick<BackfillDeps, "timers" | "random" | "effects">;

async function ask(
  tx: WriteTx,
  { self, timers, random, effects }: AskContext,
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
  const said = { payloads, before: null, psk: null };
  return await sendControl(tx, { self, device, ...said, nowMs: timers.now(), random, effects });
}
