/**
 * A device hands us its chain in a channel of two accounts, or of one, and lacks ours: without it nothing
 * that it writes would ever be confirmed to it, however long we have nothing to say. Groups have
 * group/newcomer.ts. docs/protocol/sync.md, rule [MM8].
 */
import { ensureOwnLog } from "../channel/append.ts";
import { type Channel, channelOf } from "../channel/channels.ts";
import { recipientsOf } from "../channel/members.ts";
import { isLargeGroup } from "../group/rosters.ts";
import { handTo } from "../outbox/hand-to.ts";
import type { DeviceRow } from "../store/rows.ts";
import type { WriteTx } from "../store/store.ts";
import type { OpenContext } from "./open-context.ts";

export async function answerChain(
  tx: WriteTx,
  context: OpenContext,
  channel: Channel,
  device: DeviceRow,
): Promise<void> {
  const { self, effects } = context;
  const readers = await recipientsOf(tx, self, channel);
  if (!readers.some((it) => it.device === device.device)) return;
  const chain = await tx.get("ownChains", channel.c);
  if (chain === undefined && !(await isLargeGroup(tx, channel))) {
    // Of a chat one opens one's log when one becomes a contact; here nobody is met.
    if (channel.kind === "dm") return;
    await ensureOwnLog(tx, { ...context, channel });
    effects.wake();
    return;
  }
  if (chain?.holders.includes(device.device) === true) return;
  if (!(await handTo(tx, context, channel, device))) return;
  const now = await channelOf(tx, channel.c);
  if (now !== undefined) await tx.put("channels", { ...now, receipts: now.receipts + 1 });
  effects.receipt(channel.c);
  effects.wake();
}
