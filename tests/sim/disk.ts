/**
 * A relay's disk: the log of what was written to it, with a mark up to where it is synced. A commit is
 * answered when the mark has passed it. A crash keeps what is synced and a part of the rest that chance
 * decides; a store is opened by applying the log anew (relay/store/store.ts, [RS9]).
 *
 * Reads see what is synced, as SQLite's do. An acknowledgement of a device is a removal that the real
 * store writes down late, so a crash may forget the newest ones (keep-store.ts).
 */
import { toHex } from "../../crypto/base/hex.ts";
import { err, type Result } from "../../crypto/base/result.ts";
import { DEFAULT_SETTINGS } from "../../relay/limits.ts";
import { openMemoryStore } from "../../relay/store/memory-store.ts";
import type {
  PutAnswer,
  PutOp,
  Store,
  StoreAnswer,
  StoreError,
  StoreOp,
} from "../../relay/store/store.ts";
import type { StoreIncarnation } from "../../sync/wire/ids.ts";
import type { Chance } from "./chance.ts";
import type { Kernel } from "./kernel.ts";

const SYNC_MS_MAX = 8;
/** Acknowledgements of so long before a crash may be forgotten. */
const LAZY_MS = 1_500;
/** Far beyond what the store remembers of removed envelopes: a restart forgets it. */
const FORGET_MS = 3_600_000;
const BOUNDS = { ...DEFAULT_SETTINGS, hotPlacesMax: 100_000, hotShelvesMax: 10_000 };

type Committed = Result<readonly StoreAnswer[], StoreError>;
/** What a dead process awaits. */
const NEVER = new Promise<never>(() => undefined);

/** `isOpening`: nothing was written; a store was opened then, and knew no more which envelopes had gone. */
export type Written = {
  readonly batch: readonly StoreOp[];
  readonly nowMs: number;
  readonly isOpening?: true;
};

/** An acknowledgement took it away. Ids are hex; slots (receipts) are replaced and not followed. */
export type Removed = (mailbox: string, envelope: string) => void;

export type DiskOptions = {
  readonly kernel: Kernel;
  readonly chance: Chance;
  readonly incarnation: StoreIncarnation;
  readonly written: readonly Written[];
  readonly removed: Removed;
  /** Between writing and syncing, called at each commit: a crash may be wished for here. */
  readonly beforeSync: () => void;
};

export class Disk {
  readonly #options: DiskOptions;
  readonly #synced: Written[];
  #unsynced: Written[] = [];
  #isFailing = false;
  /** Counts openings: a store of an earlier one says nothing any more. */
  #opening = 0;
  /** Message id -> envelope, by mailbox. */
  #held = new Map<string, Map<number, string>>();

  constructor(options: DiskOptions) {
    this.#options = options;
    this.#synced = [...options.written];
  }

  /** Everything synced, for a copy of this disk. */
  get written(): readonly Written[] {
    return this.#synced;
  }

  get hasUnsynced(): boolean {
    return this.#unsynced.length > 0;
  }

  /** From now on commits fail with EIO, or do not any more. */
  set isFailing(isFailing: boolean) {
    this.#isFailing = isFailing;
  }

  holds(mailbox: string, envelope: string): boolean {
    for (const held of this.#held.get(mailbox)?.values() ?? []) if (held === envelope) return true;
    return false;
  }

  /** The process is gone, or the machine. */
  crash(): void {
    const { chance, kernel } = this.#options;
    this.#opening += 1;
    this.#synced.push(...this.#unsynced.slice(0, chance.below(this.#unsynced.length + 1)));
    this.#unsynced = [];
    for (let i = this.#synced.length - 1; i >= 0; i -= 1) {
      const written = this.#synced[i];
      if (written === undefined || written.nowMs < kernel.now() - LAZY_MS) break;
      const isForgotten = chance.happens(0.5);
      const batch = written.batch.filter((op) => op.type !== "ack" || !isForgotten);
      this.#synced[i] = { ...written, batch };
    }
  }

  async open(): Promise<Store> {
    const { incarnation, kernel } = this.#options;
    this.#opening += 1;
    const opening = this.#opening;
    const store = openMemoryStore({ incarnation, bounds: BOUNDS });
    this.#held = new Map();
    this.#synced.push({ batch: [], nowMs: kernel.now(), isOpening: true });
    for (const written of this.#synced) {
      const { batch, nowMs, isOpening } = written;
      const pauses = isOpening === true ? [1, 2] : [0];
      for (const pause of pauses) {
        const done = await store.commit(batch, nowMs + pause * FORGET_MS);
        if (done.ok) this.#follow(written, done.value, () => undefined);
      }
    }
    return { ...store, commit: (batch, nowMs) => this.#commit(store, opening, { batch, nowMs }) };
  }

  async #commit(store: Store, opening: number, written: Written): Promise<Committed> {
    const { chance, beforeSync } = this.#options;
    if (opening !== this.#opening) return await NEVER;
    this.#unsynced.push(written);
    beforeSync();
    await this.#pause(chance.between(1, SYNC_MS_MAX));
    if (opening !== this.#opening) return await NEVER;
    this.#unsynced.shift();
    if (this.#isFailing) return err({ type: "StoreFailed", cause: "io" });
    this.#synced.push(written);
    const done = await store.commit(written.batch, written.nowMs);
    if (done.ok) this.#follow(written, done.value, this.#options.removed);
    return done;
  }

  #pause(ms: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#options.kernel.after(ms, resolve);
    return promise;
  }

  /** Keeps the list of what waits in each mailbox, from what the store answered. */
  #follow({ batch }: Written, answers: readonly StoreAnswer[], removed: Removed): void {
    for (const [i, op] of batch.entries()) {
      if (op.type === "put" && op.slot === null) {
        this.#followPut(op, answers[i] as readonly PutAnswer[]);
      }
      if (op.type !== "ack") continue;
      const mailbox = toHex(op.mailbox);
      const held = this.#held.get(mailbox);
      for (const id of op.ids) {
        const envelope = held?.get(id);
        if (held?.delete(id) === true && envelope !== undefined) removed(mailbox, envelope);
      }
    }
  }

  #followPut(op: PutOp, answers: readonly PutAnswer[]): void {
    for (const [i, answer] of answers.entries()) {
      const target = op.targets[i];
      if (answer.status !== "stored" || target === undefined) continue;
      const mailbox = toHex(target.mailbox);
      const held = this.#held.get(mailbox) ?? new Map<number, string>();
      this.#held.set(mailbox, held.set(answer.id, toHex(op.envelope)));
    }
  }
}
