/**
 * The first word of a device in a group: now it can be answered. It gets our chain, though we may have
 * nothing to say, or what it wrote would never be confirmed. docs/protocol/groups.md, [GP10].
 */
import { type Channel, channelOf } from "../channel/channels.ts";
import { lackedBy, sendAnew } from "../heal/answers.ts";
import { handTo } from "../outbox/hand-to.ts";
import type { OpenContext } from "../receive/open-context.ts";
import type { DeviceRow } from "../store/rows.ts";
import type { WriteTx } from "../store/store.ts";
import { groupMembers, isLargeGroup } from "./rosters.ts";

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
  // Whom we let in was welcomed with our chain. Who answers in a large group has it: that is what they answer.
  const isAnswer = member.by === context.self.account || (await isLargeGroup(tx, channel));
  if (isHolder && isAnswer) return;
  if (!(await handTo(tx, context, channel, device))) return;
  if (isHolder) {
    // It was handed over before they could know the group.
    for (const row of await lackedBy(tx, channel, device.device)) {
      await sendAnew(tx, row, device.device);
    }
  }
  const now = await channelOf(tx, channel.c);
  if (now !== undefined) await tx.put("channels", { ...now, receipts: now.receipts + 1 });
  context.effects.receipt(channel.c);
  context.effects.wake();
}
