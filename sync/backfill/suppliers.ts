/**
 * Who is asked for the history of a channel: our other devices, and in a 1:1 chat also those of the other
 * side, who wrote half of it and may read all of it. docs/protocol/backfill.md, rules [HY8] and [HY19].
 */
import type { Self } from "../account/self.ts";
import type { Channel } from "../channel/channels.ts";
import { reachableDevices } from "../contact/contacts.ts";
import type { DeviceRow } from "../store/rows.ts";
import type { ReadTx } from "../store/store.ts";

/** Our own first: they have read marks and what was deleted for ourselves as well. */
export async function suppliersOf(
  tx: ReadTx,
  self: Self,
  channel: Channel,
): Promise<readonly DeviceRow[]> {
  const own = (await reachableDevices(tx, self.account)).filter((it) => it.device !== self.device);
  return channel.kind === "dm" ? [...own, ...(await reachableDevices(tx, channel.account))] : own;
}
