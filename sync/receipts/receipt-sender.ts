/**
 * Telling peers what we hold and have read: the newest cursor of a channel, soon after it changed and
 * then at most every `RECEIPT_EVERY_MS`. Which channels are out of date is in the store, so nothing is
 * forgotten by a crash. docs/protocol/sync.md, rules [CU5], [CU6], [CU9] and [CU11].
 */
import type { Hex } from "../../crypto/base/hex.ts";
import type { Random } from "../../crypto/base/random.ts";
import type { Self } from "../account/self.ts";
import { type Channel, channelOf, numbered } from "../channel/channels.ts";
import type { Timers } from "../clock/timers.ts";
import { isOpen } from "../contact/sessions.ts";
import { isLargeGroup } from "../group/rosters.ts";
import type { Lane } from "../lane.ts";
import { handTo } from "../outbox/hand-to.ts";
import type { Pump } from "../outbox/pump.ts";
import { HAND_OVERS_AT_ONCE, SEAL_TABLES } from "../outbox/seal.ts";
import type { Effects } from "../receive/effects.ts";
import type { LinkTo } from "../session/pool.ts";
import type { DeviceRow } from "../store/rows.ts";
import type { ReadTx, Store } from "../store/store.ts";
import { type LiveFrame, type Outcome, putLive } from "./put-live.ts";
import { readersOf, type SealedCursor, sealCursor } from "./receipts.ts";

/** From a change to its cursor: long enough to take in what comes with it. */
const RECEIPT_FIRST_MS = 50;
/** Between two cursors of a channel. */
export const RECEIPT_EVERY_MS = 2_000;
/** In large groups a change is told after so long, and up to half as much more. */
export const RECEIPT_SLOW_MS = 10_000;
/** After a failure, doubling; the next link that opens tries at once. */
export const RECEIPT_RETRY_MS = 5_000;
export const RECEIPT_RETRY_MAX_MS = 600_000;

const CURSOR_TABLES = [
  "meta",
  "channels",
  "ownChains",
  "contacts",
  "devices",
  "logs",
  "entries",
  "rosters",
  "yups",
] as const;

export type ReceiptDeps = {
  readonly store: Store;
  readonly lane: Lane;
  readonly timers: Timers;
  readonly random: Random;
  readonly self: () => Self | undefined;
  readonly linkTo: LinkTo;
  /** A device is not where its card says. */
  readonly lost: () => void;
  readonly wake: () => void;
  readonly open: Pump["open"];
  readonly effects: Pick<Effects, "upkeep">;
  readonly failed: (error: unknown) => void;
};

export type ReceiptSender = {
  /** What we hold or have read of the channel changed. */
  readonly changed: (c: number) => void;
  /** A way out is open again: everything that is out of date is told. */
  readonly resume: () => void;
  readonly close: () => void;
};

export function openReceiptSender(deps: ReceiptDeps): ReceiptSender {
  const planned = new Map<number, () => void>();
  const toldAtMs = new Map<number, number>();
  /** Failures in a row, and whether the last one was a relay's no. */
  const failures = new Map<number, { readonly count: number; readonly isRefused: boolean }>();
  const sending = new Set<number>();
  /** Channels of which so many hold a chain that receipts are taken together for longer. */
  const slow = new Set<number>();
  let closed = false;

  const plan = (c: number, inMs: number): void => {
    if (closed || planned.has(c)) return;
    planned.set(
      c,
      deps.timers.after(inMs, () => {
        planned.delete(c);
        void tell(c).catch(deps.failed);
      }),
    );
  };
  const slowMs = (): number => RECEIPT_SLOW_MS * (1 + (deps.random(1)[0] ?? 0) / 512);
  const changed = (c: number): void => {
    if (slow.has(c)) return plan(c, slowMs());
    const sinceMs = deps.timers.now() - (toldAtMs.get(c) ?? -RECEIPT_EVERY_MS);
    const isSoon = sinceMs < 0 || sinceMs >= RECEIPT_EVERY_MS;
    plan(c, isSoon ? RECEIPT_FIRST_MS : RECEIPT_EVERY_MS - sinceMs);
  };
  const tell = async (c: number): Promise<void> => {
    if (sending.has(c)) return changed(c);
    sending.add(c);
    toldAtMs.set(c, deps.timers.now());
    try {
      const told = await tellOnce(deps, c, slow.has(c));
      const before = failures.get(c)?.count ?? 0;
      failures.delete(c);
      if (told === "slow") slow.add(c);
      if (told === "again" || told === "slow") changed(c);
      if (told !== "away" && told !== "refused") return;
      failures.set(c, { count: before + 1, isRefused: told === "refused" });
      plan(c, Math.min(RECEIPT_RETRY_MAX_MS, RECEIPT_RETRY_MS * 2 ** Math.min(before, 20)));
    } catch (error) {
      // The disk's no, not a relay's: when there is room again everything goes on.
      failures.delete(c);
      throw error;
    } finally {
      sending.delete(c);
    }
  };
  const resumeAll = async (): Promise<void> => {
    const channels = await deps.store.read(["channels"], (tx) =>
      tx.range("channels", "primary", {}),
    );
    for (const row of channels) {
      const { c } = numbered(row, "c");
      // A way that opens changes nothing about a refusal.
      if (row.receipts <= row.receiptsSent || failures.get(c)?.isRefused === true) continue;
      failures.delete(c);
      planned.get(c)?.();
      planned.delete(c);
      changed(c);
    }
  };
  return {
    changed,
    resume: () => {
      resumeAll().catch(deps.failed);
    },
    close: () => {
      closed = true;
      for (const cancel of planned.values()) cancel();
      planned.clear();
    },
  };
}

/** `again`: more changed meanwhile. `away`: no way out now. `refused`: a relay said no. */
type Told = "told" | "again" | "away" | "refused" | "slow";

/** `slow`: it turned out to be a large group, and is not told yet. */
async function tellOnce(deps: ReceiptDeps, c: number, isSlow: boolean): Promise<Told> {
  const self = deps.self();
  const channel = await deps.store.read(["channels"], (tx) => channelOf(tx, c));
  if (self === undefined || channel === undefined) return "told";
  if (channel.receipts <= channel.receiptsSent) return "told";
  if (isSlow) await handToReaders(deps, self, channel);
  const cursor = await deps.store.read(CURSOR_TABLES, async (tx) => {
    if (!isSlow && (await isLargeGroup(tx, channel))) return "slow";
    return sealCursor(tx, self, channel, deps.random);
  });
  if (cursor === "slow") return "slow";
  if (cursor === "notYet") return "away";
  if (cursor === "nobody") return "told";
  const put = await putCursor(deps, cursor);
  if (put !== "stored") return put;
  const isNewest = await deps.lane.run(() =>
    deps.store.write(["channels"], async (tx) => {
      const fresh = await channelOf(tx, c);
      if (fresh === undefined) return true;
      await tx.put("channels", {
        ...fresh,
        receiptsSent: Math.max(fresh.receiptsSent, cursor.version),
      });
      return fresh.receipts <= cursor.version;
    }),
  );
  return isNewest ? "told" : "again";
}

/** In a large group our chain goes to those alone who are to be told something. Rule [GP10]. */
async function handToReaders(
  { store, lane, timers, random, wake, open, effects }: ReceiptDeps,
  self: Self,
  channel: Channel,
): Promise<void> {
  const lacking = async (tx: ReadTx): Promise<readonly DeviceRow[]> => {
    const holders = new Set((await tx.get("ownChains", channel.c))?.holders);
    const readers = await readersOf(tx, self, channel);
    return readers.filter((it) => !holders.has(it.device)).slice(0, HAND_OVERS_AT_ONCE);
  };
  if ((await store.read(CURSOR_TABLES, lacking)).length === 0) return;
  const handed = await lane.run(() =>
    store.write(SEAL_TABLES, async (tx) => {
      const context = { self, nowMs: timers.now(), random, effects };
      let count = 0;
      for (const device of await lacking(tx)) {
        if (await handTo(tx, context, channel, device)) count += 1;
        // For the next receipt. Rule [HE23].
        else if (!(await isOpen(tx, device, context.nowMs))) open(device.device);
      }
      return count;
    }),
  );
  if (handed > 0) wake();
}

/** `stored`: a relay of every device has it. */
async function putCursor(deps: ReceiptDeps, cursor: SealedCursor): Promise<Outcome> {
  const { slot, unread } = cursor;
  const told = await putTo(deps, cursor, cursor.devices);
  if (unread === undefined || told === "refused") return told;
  const outcome = await putTo(deps, { slot, body: unread.body }, unread.devices);
  return outcome === "stored" ? told : outcome;
}

async function putTo(deps: ReceiptDeps, frame: LiveFrame, ids: readonly Hex[]): Promise<Outcome> {
  const devices = await deps.store.read(["devices"], (tx) =>
    Promise.all(ids.map((it) => tx.get("devices", it))),
  );
  const known = devices.filter((it) => it !== undefined);
  return await putLive(deps, frame, known);
}
