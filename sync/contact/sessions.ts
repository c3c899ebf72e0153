/**
 * Pairwise sessions in the store: which one to send on, how many are kept, when one is given up. A
 * session is begun again only after a failure that the other side itself has authenticated, and at
 * most once a day and device: silent replacement would undo what the ratchet heals (Cremers, Jacomme
 * and Naska, "Formal Analysis of Session-Handling in Secure Messaging", USENIX Security 2023).
 * docs/protocol/sync.md, rules [SS1] to [SS6].
 */
import { type Hex, toHex } from "../../crypto/base/hex.ts";
import type { Random } from "../../crypto/base/random.ts";
import { initiate } from "../../crypto/handshake/handshake.ts";
import { decodePrekeyBundle } from "../../crypto/handshake/prekeys.ts";
import { SESSION_RESET_MS_MIN, SESSION_UNANSWERED_MS_MAX } from "../../crypto/lifetimes.ts";
import { tagsOf } from "../../crypto/ratchet/session.ts";
import { partyOf, type Self } from "../account/self.ts";
import { numbered } from "../channel/channels.ts";
import { isWithin } from "../clock/within.ts";
import type { SessionRow } from "../store/ratchet-rows.ts";
import type { DeviceRow } from "../store/rows.ts";
import type { ReadTx, WriteTx } from "../store/store.ts";

/** Sessions kept of one device: two begun at once, and old ones that may still be written to. */
export const SESSIONS_PER_DEVICE_MAX = 5;

/**
 * The session to send on: the one that last received, on a tie the smaller transcript. Undefined when
 * there is none that the other side can be expected to read.
 */
export async function sessionWith(
  tx: ReadTx,
  device: DeviceRow,
  nowMs: number,
): Promise<SessionRow | undefined> {
  const range = { lower: device.device, upper: device.device };
  const sessions = await tx.range("sessions", "device", range);
  return sessions
    .filter((it) => !it.isBroken && !isGivenUp(it, device, nowMs))
    .toSorted((a, b) => b.lastReceivedAtMs - a.lastReceivedAtMs || (a.th < b.th ? -1 : 1))[0];
}

/** Can anything be sealed for the device now, on a session that there is or a new one? */
export const isOpen = async (tx: ReadTx, device: DeviceRow, nowMs: number): Promise<boolean> =>
  device.prekeyBundle !== null || (await sessionWith(tx, device, nowMs)) !== undefined;

/** They never answered it, though they were there since: our first flight did not reach them. */
const isGivenUp = (session: SessionRow, device: DeviceRow, nowMs: number): boolean =>
  session.lastReceivedAtMs === 0 &&
  nowMs - session.createdAtMs > SESSION_UNANSWERED_MS_MAX &&
  device.cardAtMs > session.createdAtMs;

/** A fresh one under the device's prekeys; `psk`: of an invite, or null. Not stored yet. */
export function beginSession(
  self: Self,
  device: DeviceRow,
  psk: Uint8Array | null,
  nowMs: number,
  random: Random,
): SessionRow | undefined {
  const bundle = device.prekeyBundle === null ? undefined : decodePrekeyBundle(device.prekeyBundle);
  if (bundle === undefined || !bundle.ok) return undefined;
  const begun = initiate(partyOf(self), bundle.value, psk, nowMs, random);
  if (!begun.ok) return undefined;
  return {
    device: device.device,
    tags: [],
    state: begun.value,
    th: toHex(begun.value.th),
    isBroken: false,
    createdAtMs: nowMs,
    lastReceivedAtMs: 0,
  };
}

/** Writes a session with its tags, which follow from its state; of too many the oldest go. */
export async function putSession(tx: WriteTx, row: SessionRow): Promise<void> {
  await tx.put("sessions", { ...row, tags: tagsOf(row.state).map(toHex) });
  if (row.n !== undefined) return;
  const all = await tx.range("sessions", "device", { lower: row.device, upper: row.device });
  const byAge = all.toSorted((a, b) => lastUseOf(b) - lastUseOf(a));
  for (const old of byAge.slice(SESSIONS_PER_DEVICE_MAX)) {
    await tx.delete("sessions", numbered(old, "n").n);
  }
}

const lastUseOf = (row: SessionRow): number => Math.max(row.createdAtMs, row.lastReceivedAtMs);

/**
 * The session cannot go on: what they send shows that their state and ours have parted. From now on
 * nothing is sent on it; the next message to the device begins a new one. False when that was done
 * less than a day ago.
 */
export async function giveUpSession(
  tx: WriteTx,
  session: SessionRow,
  nowMs: number,
): Promise<boolean> {
  const device = await tx.get("devices", session.device);
  if (device === undefined || isWithin(device.resetAtMs, nowMs, SESSION_RESET_MS_MIN)) return false;
  const all = await tx.range("sessions", "device", {
    lower: session.device,
    upper: session.device,
  });
  for (const row of all) await tx.put("sessions", { ...row, isBroken: true });
  await tx.put("devices", { ...device, prekeyBundle: null, resetAtMs: nowMs });
  return true;
}

/** Do we know this device as one of a contact's, from verified facts? */
export const isKnownDevice = async (tx: ReadTx, device: Hex, account: Hex): Promise<boolean> =>
  (await tx.get("devices", device))?.account === account;
