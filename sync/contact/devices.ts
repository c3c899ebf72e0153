/** The devices of contacts in the store: added from verified facts, moved by newer cards. */
import { toHex } from "../../crypto/base/hex.ts";
import { accountIdOf } from "../../crypto/identity/account.ts";
import type { Card } from "../../crypto/identity/card.ts";
import type { DeviceCertificate } from "../../crypto/identity/certificate.ts";
import { liveDevicesOf, mergeFacts } from "../../crypto/identity/facts.ts";
import { hurryFor } from "../outbox/resend.ts";
import type { ContactRow, Hex } from "../store/rows.ts";
import type { WriteTx } from "../store/store.ts";

/** Facts kept of a contact's account: ten devices, and what came before them. */
export const CONTACT_FACTS_MAX = 64;

/**
 * What the facts that came, together with those held, say of the account; its devices are added. Each
 * fact costs two signatures to check: that is done when one is new, and never when they are read.
 */
export async function takeFacts(
  tx: WriteTx,
  accountKey: Uint8Array,
  held: ContactRow | undefined,
  incoming: readonly Uint8Array[],
): Promise<Pick<ContactRow, "facts" | "live">> {
  const facts = held?.facts ?? [];
  const known = new Set(facts.map(toHex));
  const fresh = incoming.filter((it) => !known.has(toHex(it)));
  const merged =
    fresh.length === 0 ? undefined : mergeFacts(accountKey, facts, fresh, CONTACT_FACTS_MAX);
  if (merged?.ok !== true) return { facts, live: held?.live ?? [] };
  const live = liveDevicesOf(accountKey, merged.value);
  await putDevices(tx, toHex(accountIdOf(accountKey)), live);
  return { facts: merged.value, live: live.map((it) => toHex(it.device)) };
}

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
