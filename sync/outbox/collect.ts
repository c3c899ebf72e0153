/**
 * One round of the outbox: what is due, sealed and addressed. What has no way now is put off, so that
 * nobody waits for somebody else's relay. docs/protocol/sync.md, rules [OB7] and [OB9].
 */
import { unreachable } from "../../crypto/base/assert.ts";
import type { Hex } from "../../crypto/base/hex.ts";
import type { Random } from "../../crypto/base/random.ts";
import type { Self } from "../account/self.ts";
import { numbered } from "../channel/channels.ts";
import type { Timers } from "../clock/timers.ts";
import type { Lane } from "../lane.ts";
import type { Knocks } from "../session/knocks.ts";
import type { LinkTo } from "../session/pool.ts";
import type { ReadTx, Store, WriteTx } from "../store/store.ts";
import type { Flow } from "./flow.ts";
import { SEAL_TABLES, type SealContext, sealRow } from "./seal.ts";
import { DUE_NOW } from "./targets.ts";
import { type NumberedRow, type Parcel, type WayDeps, wayFor } from "./ways.ts";

/** Rows sealed and sent in one round. */
export const ROUND_ROWS_MAX = 64;
/** Rows looked at to find those. */
const ROUND_SCAN_MAX = 512;
/** A row without a way is looked at again after so long, or when a card comes or a link opens. */
const NO_WAY_RETRY_MS = 60_000;
/** … and not sooner than this, however soon its link dials again. */
const NO_WAY_RETRY_MS_MIN = 1_000;
/** A link that is not open gets so many rows to dial for; all others wait until it is. */
export const KNOCKING_MAX = 16;
/** Of a device that refused something, so much later for each window of rows in front. */
const SPACE_MS = 1_000;

export type CollectDeps = {
  readonly store: Store;
  readonly lane: Lane;
  readonly timers: Timers;
  readonly random: Random;
  readonly self: () => Self | undefined;
  /** A connection to that relay. Null: too many are open. */
  readonly linkTo: LinkTo;
  readonly knocks: Knocks;
  /** False while we do not know what happened when we were away: entries wait. Rule [OB14]. */
  readonly maySpeak: () => boolean;
};

export type Collected = {
  readonly parcels: readonly Parcel[];
  /** Devices without a session whose prekeys we lack. */
  readonly unopened: readonly Hex[];
  /** Write tokens were made, which our relay has to hear of. */
  readonly madeTokens: boolean;
  /** Channels of which somebody is to be told what we hold. */
  readonly untold: ReadonlySet<number>;
  /** There is more that may be due. */
  readonly isMore: boolean;
};

/** `inFlight`: parcels that are with a relay, by row. Undefined before `start`. */
export async function collect(
  deps: CollectDeps,
  flow: Flow,
  inFlight: ReadonlyMap<number, Parcel>,
): Promise<Collected | undefined> {
  const self = deps.self();
  if (self === undefined) return undefined;
  const round = new Round(deps, self, flow, inFlight);
  const isIdle = (await deps.store.read(["outbox"], (tx) => round.due(tx))).length === 0;
  if (isIdle) return NOTHING;
  return await deps.lane.run(() => {
    // While this waited for its turn we may have begun new logs, which chains handed over now name.
    const sealing = new Round(deps, deps.self() ?? self, flow, inFlight);
    return deps.store.write(SEAL_TABLES, (tx) => sealing.run(tx));
  });
}

const NOTHING: Collected = {
  parcels: [],
  unopened: [],
  madeTokens: false,
  untold: new Set(),
  isMore: false,
};

class Round {
  readonly #deps: CollectDeps;
  readonly #flow: Flow;
  readonly #inFlight: ReadonlyMap<number, Parcel>;
  readonly #seal: SealContext;
  readonly #parcels = new Map<number, Parcel>();
  /** Rows that the answer to one in flight brings on again. */
  readonly #behind = new Set<number>();
  /** Rows that were put off behind others for the same device. */
  readonly #spaced = new Map<Hex, number>();
  readonly #unopened = new Set<Hex>();
  readonly #ways: WayDeps;
  #madeTokens = false;
  readonly #untold = new Set<number>();

  constructor(deps: CollectDeps, self: Self, flow: Flow, inFlight: ReadonlyMap<number, Parcel>) {
    this.#deps = deps;
    this.#flow = flow;
    this.#inFlight = inFlight;
    const upkeep = (): void => {
      this.#madeTokens = true;
    };
    const { timers, random } = deps;
    const receipt = (c: number): void => void this.#untold.add(c);
    const nowMs = timers.now();
    this.#seal = { self, nowMs, random, effects: { upkeep, receipt } };
    const closedForMs = (parcel: Parcel): number => this.#closedForMs(parcel);
    this.#ways = { flow, knocks: deps.knocks, nowMs, closedForMs };
  }

  async due(tx: ReadTx): Promise<readonly NumberedRow[]> {
    const rows = await tx.range("outbox", "due", {
      lower: [1, 0],
      upper: [1, Math.max(this.#seal.nowMs, DUE_NOW.entry)],
      limit: ROUND_SCAN_MAX,
    });
    return rows.map((row) => numbered(row, "n")).filter((it) => !this.#inFlight.has(it.n));
  }

  async run(tx: WriteTx): Promise<Collected> {
    for (const row of await this.due(tx)) {
      if (this.#parcels.size >= ROUND_ROWS_MAX) break;
      await this.#add(tx, row);
    }
    // Hand-overs that sealing made are due too.
    for (const row of await this.due(tx)) {
      if (row.what === "control") await this.#add(tx, row);
    }
    const left = (await this.due(tx)).filter((it) => !this.#behind.has(it.n));
    const isMore = this.#parcels.size > 0 || left.length > 0;
    const parcels = [...this.#parcels.values()].toSorted(byPrecedence);
    return {
      parcels,
      unopened: [...this.#unopened],
      madeTokens: this.#madeTokens,
      untold: this.#untold,
      isMore,
    };
  }

  async #add(tx: WriteTx, row: NumberedRow): Promise<void> {
    if (this.#parcels.has(row.n)) return;
    if (row.what === "entry" && !this.#deps.maySpeak()) {
      this.#behind.add(row.n);
      return;
    }
    const all = await wayFor(tx, row, this.#ways, NO_WAY_RETRY_MS);
    if (typeof all === "number") return this.#putOff(tx, row, all);
    // What opens others is never held back behind them; nobody waits for another's full window.
    const open = all.targets.filter((it) => row.what === "control" || !this.#isFull(it.device));
    const [full] = all.targets;
    if (open.length === 0 && full !== undefined) return this.#wait(tx, row, full.device);
    const parcel = { ...all, targets: open };
    const sealed = await sealRow(tx, this.#seal, row);
    if (sealed === undefined) {
      for (const { device } of parcel.targets) this.#unopened.add(device);
      return this.#putOff(tx, row, NO_WAY_RETRY_MS);
    }
    const isReady = (device: Hex): boolean => sealed.targets.some((it) => it.device === device);
    const targets = parcel.targets.filter((it) => isReady(it.device));
    for (const { device } of parcel.targets) if (!isReady(device)) this.#unopened.add(device);
    if (targets.length > 0)
      this.#parcels.set(row.n, { ...parcel, targets, row: { ...sealed, n: row.n } });
  }

  async #putOff(tx: WriteTx, row: NumberedRow, pauseMs: number): Promise<void> {
    await tx.put("outbox", { ...row, nextAtMs: this.#seal.nowMs + pauseMs });
  }

  #isFull(device: Hex): boolean {
    const sent = [...this.#inFlight.values(), ...this.#parcels.values()].filter((it) =>
      it.targets.some((target) => target.device === device),
    );
    return sent.length >= this.#flow.windowOf(device);
  }

  /** Enough is on its way to the device. If it refused something, those behind are spaced in time. */
  async #wait(tx: WriteTx, row: NumberedRow, device: Hex): Promise<void> {
    if (!this.#flow.isSlowed(device)) {
      this.#behind.add(row.n);
      return;
    }
    const before = this.#spaced.get(device) ?? 0;
    this.#spaced.set(device, before + 1);
    const turns = 1 + Math.floor(before / this.#flow.windowOf(device));
    await this.#putOff(tx, row, turns * SPACE_MS);
  }

  /** How long its relay cannot be asked, in milliseconds. An open link hurries everything. */
  #closedForMs(parcel: Parcel): number {
    const state = linkOf(this.#deps, parcel)?.state();
    switch (state?.type) {
      case "open":
        return 0;
      case "waiting": {
        const waitMs = state.retryAtMs - this.#seal.nowMs;
        return Math.min(NO_WAY_RETRY_MS, Math.max(NO_WAY_RETRY_MS_MIN, waitMs));
      }
      case "idle":
      case "connecting":
      case "welcoming":
      case "authing":
        return this.#sentTo(parcel.url) < KNOCKING_MAX ? 0 : NO_WAY_RETRY_MS;
      case "replaced":
      case "refused":
      case "closed":
      case undefined:
        return NO_WAY_RETRY_MS;
      default:
        return unreachable(state);
    }
  }

  #sentTo(url: string): number {
    const sent = [...this.#inFlight.values(), ...this.#parcels.values()];
    return sent.filter((it) => it.url === url).length;
  }
}

export const linkOf = (
  { linkTo }: Pick<CollectDeps, "linkTo">,
  { url, relayId, account }: Parcel,
): ReturnType<LinkTo> => linkTo(url, relayId, account);

/** Control messages go first, because they open what follows; otherwise as written. */
const byPrecedence = (a: Parcel, b: Parcel): number =>
  Number(a.row.what === "entry") - Number(b.row.what === "entry") || a.row.n - b.row.n;
