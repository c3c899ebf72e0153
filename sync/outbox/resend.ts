/** When a way to a relay opens again, and when a relay turns out to have lost its store. */
import type { Hex } from "../../crypto/base/hex.ts";
import { cardOf } from "../contact/contacts.ts";
import type { TableName } from "../store/rows.ts";
import type { Range, WriteTx } from "../store/store.ts";
import { DUE_NOW, dueNow, withTargets } from "./targets.ts";

/** A full mailbox is not asked more often than this after a while. */
export const QUOTA_RETRY_MAX_MS = 3_600_000;
/** Refused parcels that one acceptance brings on again. The rest follow with the next. */
export const HURRIED_MAX = 16;

/** What waits for a time that is still to come. */
const LATER: Range = { lower: [1, DUE_NOW.entry + 1], upper: [1, Infinity] };

/** Everything that was put off for want of a way, or by a clock that was ahead, is due now. */
export async function hurryAll(tx: WriteTx, nowMs: number): Promise<void> {
  for (const row of await tx.range("outbox", "due", LATER)) {
    const isPaused = row.isRefused && row.nextAtMs - nowMs <= QUOTA_RETRY_MAX_MS;
    if (!isPaused) await tx.put("outbox", { ...row, nextAtMs: DUE_NOW[row.what] });
  }
}

/** Mailboxes that refused these took something else meanwhile. Rule [OB5]. */
export async function hurryRefused(
  tx: WriteTx,
  devices: ReadonlySet<Hex>,
  nowMs: number,
): Promise<void> {
  const later = await tx.range("outbox", "due", { lower: [1, nowMs + 1], upper: [1, Infinity] });
  const refused = later.filter(
    (row) =>
      row.isRefused &&
      row.mayPass === true &&
      row.targets.some((it) => it.state === "pending" && devices.has(it.device)),
  );
  for (const row of refused.slice(0, HURRIED_MAX))
    await tx.put("outbox", { ...row, nextAtMs: DUE_NOW[row.what] });
}

/** The clock was set by so much: nobody waits longer for it, not even after a refusal. */
export async function forgiveClock(tx: WriteTx, movedMs: number): Promise<void> {
  for (const row of await tx.range("outbox", "due", LATER)) {
    await tx.put("outbox", {
      ...row,
      nextAtMs: Math.max(DUE_NOW[row.what], row.nextAtMs - movedMs),
    });
  }
}

/** Devices whose parcels a transaction has hurried. */
const hurried = new WeakMap<WriteTx, Set<Hex>>();

/**
 * What was put off for this device is due now; the count of its failures begins anew. Once in a
 * transaction, however many cards it brings. Rule [OB13].
 */
export async function hurryFor(tx: WriteTx, device: Hex): Promise<void> {
  const devices = hurried.get(tx) ?? new Set();
  if (devices.has(device)) return;
  hurried.set(tx, devices.add(device));
  for (const row of await tx.range("outbox", "due", LATER)) {
    if (row.targets.some((it) => it.device === device && it.state === "pending")) {
      await tx.put("outbox", dueNow(row));
    }
  }
}

/** What `resendLost` reads and writes. */
export const RESEND_TABLES: readonly TableName[] = ["meta", "outbox", "channels", "devices"];

const STORE_INC = "storeInc ";

/**
 * The relay at `url` has the store `storeInc` now. If that is another one than before, it lost what it
 * held: parcels that are not known to have arrived are sent again, byte by byte the same, and our
 * cursors are told anew to those who are reached there. Rule [OB6]. Answers how many rows are to be sent.
 */
export async function resendLost(tx: WriteTx, url: string, storeInc: string): Promise<number> {
  const known = await tx.get("meta", STORE_INC + url);
  if (known?.v === storeInc) return 0;
  await tx.put("meta", { k: STORE_INC + url, v: storeInc });
  if (known === undefined) return 0;
  let lost = 0;
  for (const row of await tx.range("outbox", "primary", {})) {
    const next = withTargets(row, (it) =>
      it.state === "stored" && it.url === url && it.storeInc !== storeInc
        ? { ...it, state: "pending" }
        : it,
    );
    if (next.targets.every((it, i) => it === row.targets[i])) continue;
    await tx.put("outbox", { ...next, nextAtMs: DUE_NOW[next.what], isRefused: false });
    lost += 1;
  }
  const devices = await tx.range("devices", "primary", {});
  const there = devices.filter((it) => cardOf(it)?.relays.some((relay) => relay.url === url));
  const accounts = new Set(there.map((it) => it.account));
  for (const row of await tx.range("channels", "primary", {})) {
    if (row.kind !== "group" && !accounts.has(row.account)) continue;
    await tx.put("channels", { ...row, receipts: row.receipts + 1 });
  }
  return lost;
}
