/**
 * What our devices are called, and what we are called: notes in the account channel, of which the last
 * one holds. docs/protocol/devices.md, [OD12] to [OD14].
 */
import { type Hex, fromHex, toHex } from "../../crypto/base/hex.ts";
import type { Random } from "../../crypto/base/random.ts";
import { err, ok, type Result } from "../../crypto/base/result.ts";
import type { Self } from "../account/self.ts";
import { append } from "../channel/append.ts";
import { openAccountChannel } from "../channel/channels.ts";
import { ownContact, reachableDevices } from "../contact/contacts.ts";
import { sessionWith } from "../contact/sessions.ts";
import type { DeviceName, OwnName } from "../entry/account-bodies.ts";
import { isFellow } from "../group/rosters.ts";
import { sendControl } from "../outbox/control.ts";
import { cleanName, type NameError } from "../payload/name.ts";
import { encodePayload } from "../payload/payload.ts";
import type { OpenContext } from "../receive/open-context.ts";
import type { EntryRow } from "../store/rows.ts";
import type { ReadTx, WriteTx } from "../store/store.ts";
import type { DeviceError } from "./commands.ts";

/** Name of the meta row: `DeviceNames`. */
export const DEVICE_NAMES = "deviceNames";
/** Name of the meta row: `OwnNameKept`, once anybody has changed our name. */
const OWN_NAME = "ownName";
/** Name of the meta row with the devices (hex16) that are to hear what we are called. */
const NAME_DUE = "nameDue";
/** Devices told in one transaction: each costs a step of its session. */
const TOLD_AT_ONCE_MAX = 16;
/** Devices whose names are kept: those that there are, and those that there were. */
const NAMES_MAX = 256;

/** Place of the note, which says which one is the last. */
type At = readonly [h: number, b: number];
type NameKept = { readonly name: string; readonly at: At };
/** By device (hex16). */
export type DeviceNames = Readonly<Record<Hex, NameKept>>;
/** `told`: what this device told contacts itself. */
type OwnNameKept = NameKept & { readonly told?: string };

type NameContext = { readonly self: Self; readonly nowMs: number; readonly random: Random };

export async function deviceNamesOf(tx: ReadTx): Promise<DeviceNames> {
  return ((await tx.get("meta", DEVICE_NAMES))?.v ?? {}) as DeviceNames;
}

const placeOf = ({ h, b }: EntryRow): At => [h, b];

const isLater = (a: At, b: At): boolean => a[0] > b[0] || (a[0] === b[0] && a[1] > b[1]);

export async function noteDeviceName(
  tx: WriteTx,
  context: NameContext,
  device: Hex,
  typed: string,
): Promise<Result<void, DeviceError | NameError>> {
  const name = cleanName(typed);
  const id = fromHex(device);
  if (!name.ok) return name;
  if (!id.ok || !(await ownContact(tx, context.self)).live.includes(device)) {
    return err({ type: "DeviceUnknown" });
  }
  if ((await deviceNamesOf(tx))[device]?.name === name.value) return ok(undefined);
  const channel = await openAccountChannel(tx, context.self);
  const note = { device: id.value, name: name.value };
  const { entry } = await append(tx, { ...context, channel }, { type: "deviceName", ...note });
  await applyDeviceName(tx, entry, note);
  return ok(undefined);
}

export async function applyDeviceName(
  tx: WriteTx,
  row: EntryRow,
  { device, name: typed }: DeviceName,
): Promise<void> {
  const name = cleanName(typed);
  const names = await deviceNamesOf(tx);
  const id = toHex(device);
  const held = names[id];
  const isFull = held === undefined && Object.keys(names).length >= NAMES_MAX;
  if (!name.ok || isFull || (held !== undefined && !isLater(placeOf(row), held.at))) return;
  const v: DeviceNames = { ...names, [id]: { name: name.value, at: placeOf(row) } };
  await tx.put("meta", { k: DEVICE_NAMES, v });
}

/** What the devices were called, as a capsule or a backup says it: any note about one says more. */
export async function keepDeviceNames(
  tx: WriteTx,
  devices: readonly Pick<DeviceName, "device" | "name">[],
): Promise<void> {
  const kept = devices.flatMap(({ device, name: typed }) => {
    const name = cleanName(typed);
    return name.ok ? [[toHex(device), { name: name.value, at: [0, 0] }] as const] : [];
  });
  const v: DeviceNames = Object.fromEntries(kept);
  await tx.put("meta", { k: DEVICE_NAMES, v });
}

export async function noteOwnName(
  tx: WriteTx,
  context: NameContext,
  typed: string,
): Promise<Result<void, NameError>> {
  const name = cleanName(typed);
  if (!name.ok) return name;
  const own = await ownContact(tx, context.self);
  if (own.name === name.value) return ok(undefined);
  const channel = await openAccountChannel(tx, context.self);
  const { entry } = await append(
    tx,
    { ...context, channel },
    { type: "ownName", name: name.value },
  );
  await keepOwnName(tx, context.self, { name: name.value, at: placeOf(entry), told: name.value });
  await nameIsDue(tx, context.self);
  return ok(undefined);
}

/** True: contacts are to be told, because this device told them another name before. */
export async function applyOwnName(
  tx: WriteTx,
  self: Self,
  row: EntryRow,
  { name: typed }: OwnName,
): Promise<boolean> {
  const name = cleanName(typed);
  const held = (await tx.get("meta", OWN_NAME))?.v as OwnNameKept | undefined;
  if (!name.ok || (held !== undefined && !isLater(placeOf(row), held.at))) return false;
  const isTold = held?.told !== undefined && held.told !== name.value;
  const told = held?.told === undefined ? {} : { told: name.value };
  await keepOwnName(tx, self, { name: name.value, at: placeOf(row), ...told });
  if (isTold) await nameIsDue(tx, self);
  return isTold;
}

async function keepOwnName(tx: WriteTx, self: Self, kept: OwnNameKept): Promise<void> {
  await tx.put("meta", { k: OWN_NAME, v: kept });
  await tx.put("contacts", { ...(await ownContact(tx, self)), name: kept.name });
}

/** Everybody who has us as a contact, or in a group. */
async function nameIsDue(tx: WriteTx, self: Self): Promise<void> {
  const due: Hex[] = [];
  for (const { account, state } of await tx.range("contacts", "primary", {})) {
    if (state === "self" || state === "blocked") continue;
    if (state === "request" && !(await isFellow(tx, self, account))) continue;
    for (const { device } of await reachableDevices(tx, account, true)) due.push(device);
  }
  await tx.put("meta", { k: NAME_DUE, v: due });
}

export const isNameDue = async (tx: ReadTx): Promise<boolean> =>
  (((await tx.get("meta", NAME_DUE))?.v ?? []) as readonly Hex[]).length > 0;

/** Tells some of those who are to hear our name. True: there are more. */
export async function tellName(
  tx: WriteTx,
  context: NameContext & Pick<OpenContext, "effects">,
): Promise<boolean> {
  const due = ((await tx.get("meta", NAME_DUE))?.v ?? []) as readonly Hex[];
  if (due.length === 0) return false;
  const { name } = await ownContact(tx, context.self);
  const payloads = [encodePayload("profile", { name })];
  for (const id of due.slice(0, TOLD_AT_ONCE_MAX)) {
    const device = await tx.get("devices", id);
    // Who has never heard of us hears it with who we are.
    const isKnown =
      device !== undefined && (await sessionWith(tx, device, context.nowMs)) !== undefined;
    if (isKnown) await sendControl(tx, { ...context, device, payloads, before: null, psk: null });
  }
  await tx.put("meta", { k: NAME_DUE, v: due.slice(TOLD_AT_ONCE_MAX) });
  return due.length > TOLD_AT_ONCE_MAX;
}
