/** The devices of contacts in the store: added from verified facts, moved by newer cards. */
import { toHex } from "../../crypto/base/hex.ts";
import type { Card } from "../../crypto/identity/card.ts";
import type { DeviceCertificate } from "../../crypto/identity/certificate.ts";
import { hurryFor } from "../outbox/resend.ts";
import type { Hex } from "../store/rows.ts";
import type { WriteTx } from "../store/store.ts";

/** Adds devices that are not there. `live` comes from `liveDevicesOf`. */
export async function putDevices(
  tx: WriteTx,
  account: Hex,
  live: readonly DeviceCertificate[],
): Promise<void> {
  for (const certificate of live) {
    const device = toHex(certificate.device);
    if ((await tx.get("devices", device)) !== undefined) continue;
    await tx.put("devices", {
      device,
      account,
      sigKey: certificate.sigKey,
      certificate: certificate.bytes,
      card: null,
      cardCounter: 0,
      cardAtMs: 0,
      prekeyBundle: null,
      healedAtMs: 0,
      resetAtMs: 0,
    });
  }
}

/**
 * Where the device is reached from now on, if the card is newer than the one held; it was verified.
 * What was put off for the device is due at once. True when it was newer.
 */
export async function putCard(tx: WriteTx, card: Card, nowMs: number): Promise<boolean> {
  const device = await tx.get("devices", toHex(card.device));
  if (device === undefined || card.counter <= device.cardCounter) return false;
  await tx.put("devices", {
    ...device,
    card: card.bytes,
    cardCounter: card.counter,
    cardAtMs: nowMs,
  });
  await hurryFor(tx, device.device);
  return true;
}
