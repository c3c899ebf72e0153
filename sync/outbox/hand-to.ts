/**
 * Our chain of a channel in the hands of one device that shall hear what goes under its live key: receipts, digests.
 * Where we have sealed nothing yet the chain begins here, and our log with our first word. docs/protocol/groups.md,
 * [GP10].
 */
import type { Channel } from "../channel/channels.ts";
import type { DeviceRow } from "../store/rows.ts";
import type { WriteTx } from "../store/store.ts";
import { sendControl } from "./control.ts";
import { handOver, newChain, type SealContext } from "./seal.ts";

/** False when nothing can be sealed for the device yet: then nothing has changed. */
export async function handTo(
  tx: WriteTx,
  context: SealContext,
  channel: Channel,
  device: DeviceRow,
): Promise<boolean> {
  const history = (await tx.get("rosters", channel.c))?.history;
  const held = await tx.get("ownChains", channel.c);
  const chain = held ?? newChain(context, channel, history, undefined);
  const payload = await handOver(tx, context, channel, chain, device.account);
  const control = { ...context, device, payloads: [payload], before: null, psk: null };
  if (!(await sendControl(tx, control))) return false;
  const holders = new Set([...chain.holders, device.device]);
  await tx.put("ownChains", { ...chain, holders: [...holders] });
  return true;
}
