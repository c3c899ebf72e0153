/**
 * Who is asked for the history of a channel: our other devices, in a 1:1 chat also those of the other side,
 * who wrote half of it and may read all of it, and in a group some of its members. docs/protocol/backfill.md,
 * rules [HY8], [HY19] and [HY21].
 */
import type { Self } from "../account/self.ts";
import type { Channel } from "../channel/channels.ts";
import { reachableDevices } from "../contact/contacts.ts";
import { groupMembers } from "../group/rosters.ts";
import type { MemberRow } from "../group/rows.ts";
import type { DeviceRow } from "../store/rows.ts";
import type { ReadTx } from "../store/store.ts";

/** Members of a group that are asked for its history: what one lacks another has. */
export const MEMBERS_ASKED_MAX = 6;

/** Our own first: they have read marks and what was deleted for ourselves as well. */
export async function suppliersOf(
  tx: ReadTx,
  self: Self,
  channel: Channel,
): Promise<readonly DeviceRow[]> {
  const own = (await reachableDevices(tx, self.account)).filter((it) => it.device !== self.device);
  if (channel.kind === "dm") return [...own, ...(await reachableDevices(tx, channel.account))];
  return channel.kind === "group" ? [...own, ...(await membersAsked(tx, self, channel))] : own;
}

/** One device of each of a few members: who let us in, and those of the highest rank. */
async function membersAsked(
  tx: ReadTx,
  self: Self,
  channel: Channel,
): Promise<readonly DeviceRow[]> {
  const members = await groupMembers(tx, channel);
  const host = members.find((it) => it.account === self.account)?.by;
  const isHost = ({ account }: MemberRow): number => Number(account === host);
  const asked: DeviceRow[] = [];
  for (const { account } of members.toSorted((a, b) => isHost(b) - isHost(a))) {
    if (asked.length >= MEMBERS_ASKED_MAX) break;
    const devices = account === self.account ? [] : await reachableDevices(tx, account, true);
    asked.push(...devices.toSorted((a, b) => b.cardAtMs - a.cardAtMs).slice(0, 1));
  }
  return asked;
}
