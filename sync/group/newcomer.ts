/**
 * The first word of a device in a group: now it can be answered. It gets our chain, though we may have
 * nothing to say, or what it wrote would never be confirmed. docs/protocol/groups.md, [GP10].
 */
import { type Channel, channelOf } from "../channel/channels.ts";
import { lackedBy, sendAnew } from "../heal/answers.ts";
import { sendControl } from "../outbox/control.ts";
import { handOver } from "../outbox/seal.ts";
import type { OpenContext } from "../receive/open-envelope.ts";
import type { DeviceRow } from "../store/rows.ts";
import type { WriteTx } from "../store/store.ts";
import { groupMembers } from "./rosters.ts";

export async function meetNewcomer(
  tx: WriteTx,
  context: OpenContext,
  channel: Channel,
  device: DeviceRow,
): Promise<void> {
  const chain = await tx.get("ownChains", channel.c);
  const members = await groupMembers(tx, channel);
  const member = members.find((it) => it.account === device.account);
  if (chain === undefined || member === undefined) return;
  const isHolder = chain.holders.includes(device.device);
  // Whom we let in was welcomed with our chain.
  if (isHolder && member.by === context.self.account) return;
  const payload = await handOver(tx, context, channel, chain, device.account);
  const control = { ...context, device, payloads: [payload], before: null, psk: null };
  if (!(await sendControl(tx, control))) return;
  if (isHolder) {
    // It was handed over before they could know the group.
    for (const row of await lackedBy(tx, channel, device.device)) {
      await sendAnew(tx, row, device.device);
    }
  } else {
    await tx.put("ownChains", { ...chain, holders: [...chain.holders, device.device] });
  }
  const now = await channelOf(tx, channel.c);
  if (now !== undefined) await tx.put("channels", { ...now, receipts: now.receipts + 1 });
  context.effects.receipt(channel.c);
  context.effects.wake();
}
