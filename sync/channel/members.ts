/**
 * Who is in a channel: whom its entries are for, who may be supplied with them, whose writing counts.
 * docs/protocol/sync.md, rules [MM1] to [MM4].
 */
import { unreachable } from "../../crypto/base/assert.ts";
import { type Hex, toHex } from "../../crypto/base/hex.ts";
import { accountChannelOf } from "../../crypto/identity/channel-id.ts";
import type { Self } from "../account/self.ts";
import { liveDevices, liveDevicesOfMany } from "../contact/contacts.ts";
import { groupMembers } from "../group/rosters.ts";
import type { DeviceRow } from "../store/rows.ts";
import type { ReadTx, WriteTx } from "../store/store.ts";
import {
  bytesOf,
  type Channel,
  channelById,
  channelIdOf,
  openAccountChannel,
  openChannel,
} from "./channels.ts";

/** In groups of more members than this … */
export const SERVED_ALL_MAX = 200;
/** … so many devices of an account are sealed for, those seen last: their siblings serve the others. */
export const SERVED_DEVICES_MAX = 4;

/** Devices of more accounts than this are read all at once. */
const READ_EACH_MAX = 32;

/** Accounts whose devices write there, ours among them unless we left. */
export async function membersOf(tx: ReadTx, self: Self, channel: Channel): Promise<readonly Hex[]> {
  switch (channel.kind) {
    case "self":
    case "account":
      return [self.account];
    case "dm":
      return [self.account, channel.account];
    case "group":
      return (await groupMembers(tx, channel)).map(({ account }) => account);
    default:
      return unreachable(channel.kind);
  }
}

/**
 * Everybody's devices but this one, as far as they can be written to: whom an entry is sealed for. Follows from
 * roster and facts alone, but for devices that sleep. Rules [RT5] to [RT7].
 */
export async function recipientsOf(
  tx: ReadTx,
  self: Self,
  channel: Channel,
): Promise<readonly DeviceRow[]> {
  return served(self, (await liveIn(tx, self, channel)).map(reachableAmong));
}

/** The same with those that sleep and those that others of their account serve: who may hold our chain. */
export async function mayRead(
  tx: ReadTx,
  self: Self,
  channel: Channel,
): Promise<readonly DeviceRow[]> {
  return (await liveIn(tx, self, channel)).flatMap(reachableAmong);
}

/** Whom an entry waits for: of an account of which none can be reached, all devices that it has. */
export async function addresseesOf(
  tx: ReadTx,
  self: Self,
  channel: Channel,
): Promise<readonly DeviceRow[]> {
  const live = await liveIn(tx, self, channel);
  const waitedFor = live.map((devices) => {
    const reachable = reachableAmong(devices);
    return reachable.length > 0 ? reachable : devices;
  });
  return served(self, waitedFor);
}

/** Of each account in the channel the devices that live by its facts. */
async function liveIn(
  tx: ReadTx,
  self: Self,
  channel: Channel,
): Promise<readonly (readonly DeviceRow[])[]> {
  const accounts = await membersOf(tx, self, channel);
  // In a group one also talks with those whose request is not answered.
  const isGroup = channel.kind === "group";
  if (isGroup && accounts.length > READ_EACH_MAX) return liveDevicesOfMany(tx, accounts);
  return Promise.all(accounts.map((it) => liveDevices(tx, it, isGroup)));
}

const reachableAmong = (devices: readonly DeviceRow[]): readonly DeviceRow[] =>
  devices.filter((it) => it.card !== null);

function served(self: Self, byAccount: readonly (readonly DeviceRow[])[]): readonly DeviceRow[] {
  const isLarge = byAccount.length > SERVED_ALL_MAX;
  const devices = isLarge ? byAccount.map(lastSeen) : byAccount;
  return devices.flat().filter((it) => it.device !== self.device && it.isAsleep !== true);
}

/** Of an account in a large group. */
const lastSeen = (devices: readonly DeviceRow[]): readonly DeviceRow[] =>
  devices.length <= SERVED_DEVICES_MAX
    ? devices
    : devices.toSorted((a, b) => seenMs(b) - seenMs(a)).slice(0, SERVED_DEVICES_MAX);

const seenMs = ({ heardAtMs = 0, cardAtMs }: DeviceRow): number => Math.max(heardAtMs, cardAtMs);

/** The channel of this id, if we have it and `account` is in it. */
export async function channelWith(
  tx: ReadTx,
  self: Self,
  account: Hex,
  id: Uint8Array,
): Promise<Channel | undefined> {
  const channel = await channelById(tx, toHex(id));
  if (channel === undefined) return undefined;
  return (await membersOf(tx, self, channel)).includes(account) ? channel : undefined;
}

/**
 * The same, made when it is one of those that exist as soon as there are two accounts, or two devices:
 * either side writes first. Undefined: `account` has no business there.
 */
export async function openChannelWith(
  tx: WriteTx,
  self: Self,
  account: Hex,
  id: Uint8Array,
): Promise<Channel | undefined> {
  const name = toHex(id);
  if (name === toHex(channelIdOf(self, account))) return openChannel(tx, self, account);
  const isOwn = account === self.account;
  if (isOwn && name === toHex(accountChannelOf(bytesOf(account)))) {
    return openAccountChannel(tx, self);
  }
  const held = await channelById(tx, name);
  // Who was removed does not know it, and who was added may be here before the word of it: what they write
  // is judged by the roster, not by who holds a chain.
  return held?.kind === "group" ? held : channelWith(tx, self, account, id);
}
