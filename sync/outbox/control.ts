/**
 * Control messages: what goes to one device over its pairwise session. Sealed when written, because
 * each costs a ratchet step that must not be taken twice; kept in the outbox as ciphertext.
 */
import { type Hex, toHex } from "../../crypto/base/hex.ts";
import type { Random } from "../../crypto/base/random.ts";
import { envelopeOf } from "../../crypto/envelope.ts";
import { envelopeIdOf } from "../../crypto/public/relay-ids.ts";
import { encryptSession } from "../../crypto/ratchet/send.ts";
import type { Self } from "../account/self.ts";
import { cardToken, introductionOf, ownCard } from "../contact/contacts.ts";
import { beginSession, putSession, sessionWith } from "../contact/sessions.ts";
import { encodePayload, encodeSession } from "../payload/payload.ts";
import type { Effects } from "../receive/effects.ts";
import type { SessionRow } from "../store/ratchet-rows.ts";
import type { DeviceRow, OutboxRow } from "../store/rows.ts";
import type { ReadTx, WriteTx } from "../store/store.ts";
import { DUE_NOW, pendingTargets } from "./targets.ts";

export type ControlInput = {
  readonly self: Self;
  readonly device: DeviceRow;
  /** As `encodePayload` makes them. */
  readonly payloads: readonly Uint8Array[];
  /** The first own entry that cannot be opened without this message; null: nothing waits for it. */
  readonly before: { readonly c: number; readonly a: number; readonly s: number } | null;
  /** Pre-shared key of an invite, for the first message to a device. */
  readonly psk: Uint8Array | null;
  readonly nowMs: number;
  readonly random: Random;
  /** Our relay has to hear of the token that a first message tells of: at once. */
  readonly effects: Pick<Effects, "upkeep">;
};

/** Control messages without a place that may wait for one device. Who asks again gets them later. */
export const CONTROLS_WAITING_MAX = 64;

/** How many messages before this place are on their way to the device; null: those before none. */
export async function controlsWaiting(
  tx: ReadTx,
  device: Hex,
  before: ControlInput["before"],
): Promise<number> {
  if (before === null) return tx.count("outbox", "to", { lower: [device, 0], upper: [device, 0] });
  const place = [before.c, before.a, before.s];
  const rows = await tx.range("outbox", "entry", { lower: place, upper: place });
  const isTheirs = (row: OutboxRow): boolean =>
    row.what === "control" && row.targets.some((it) => it.device === device && it.state !== "done");
  return rows.filter(isTheirs).length;
}

/**
 * False when there is neither a session nor a prekey bundle to open one with, or when more waits for
 * the device than it can have asked for in good faith. Rule [OB13].
 */
export async function sendControl(tx: WriteTx, input: ControlInput): Promise<boolean> {
  const { device, nowMs, random } = input;
  const isFull =
    input.before === null &&
    (await controlsWaiting(tx, device.device, null)) >= CONTROLS_WAITING_MAX;
  if (isFull) return false;
  const held = await sessionWith(tx, device, nowMs);
  const begun =
    held === undefined || (input.psk !== null && (await isUnproven(tx, held)))
      ? beginSession(input.self, device, input.psk, nowMs, random)
      : undefined;
  const session = begun ?? held;
  if (session === undefined) return false;
  const payloads = await introduced(tx, input);
  const sealed = encryptSession(session.state, encodeSession(payloads), { random, nowMs });
  const body = envelopeOf(sealed.message);
  await putSession(tx, { ...session, state: sealed.session });
  const { c, a, s } = input.before ?? { c: 0, a: 0, s: 0 };
  const flightTo = session.lastReceivedAtMs === 0 ? device.device : "";
  await putControl(tx, input, body, [device], { flightTo, to: device.device, c, a, s });
  return true;
}

/**
 * Only a handshake proves that we have an invite: one that was not answered, or came about in a group, proves
 * nothing.
 */
const isUnproven = async (
  tx: ReadTx,
  { device: id, lastReceivedAtMs }: SessionRow,
): Promise<boolean> => {
  const device = await tx.get("devices", id);
  const contact = device && (await tx.get("contacts", device.account));
  return lastReceivedAtMs === 0 || contact?.state !== "accepted";
};

/** An envelope for these devices; unless `more` says otherwise a relay's word is enough. */
export async function putControl(
  tx: WriteTx,
  { self, nowMs }: Pick<ControlInput, "self" | "nowMs">,
  body: Uint8Array,
  devices: readonly DeviceRow[],
  more: Partial<Pick<OutboxRow, "flightTo" | "to" | "c" | "a" | "s">> = {},
): Promise<void> {
  await tx.put("outbox", {
    what: "control",
    flightTo: "",
    c: 0,
    a: 0,
    s: 0,
    ...more,
    env: toHex(envelopeIdOf(body)),
    body,
    sealedAtMs: nowMs,
    targets: pendingTargets(self, devices),
    waiting: 1,
    attempts: 0,
    nextAtMs: DUE_NOW.control,
    isRefused: false,
    createdAtMs: nowMs,
  });
}

/** With who we are in front, as long as the device has given no sign that it knows. Rule [AB4]. */
async function introduced(tx: WriteTx, input: ControlInput): Promise<readonly Uint8Array[]> {
  const { self, payloads } = input;
  const row = await tx.get("devices", input.device.device);
  const contact = row?.knowsUs === false ? await tx.get("contacts", row.account) : undefined;
  if (contact === undefined) return payloads;
  const token = await cardToken(tx, input, contact, null);
  const cards = token === undefined ? [] : [await ownCard(tx, input, token)];
  const introduction = await introductionOf(tx, self, cards);
  const { presenceOut: presenceKey } = contact;
  return [encodePayload("contact", { ...introduction, presenceKey }), ...payloads];
}
