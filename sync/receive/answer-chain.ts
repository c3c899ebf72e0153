/**
 * A device hands us its chain in a channel of two accounts, or of one, and lacks ours: without it nothing
 * that it writes would ever be confirmed to it, however long we have nothing to say. Groups have
 * group/newcomer.ts. docs/protocol/sync.md, rule [MM8].
 */
import { ensureOwnLog } from "../channel/append.ts";
import { type Channel, channelOf } from "../channel/channels.ts";
import { recipientsOf } from "../channel/members.ts";
import { sendControl } from "../outbox/control.ts";
import { handOver } from "../outbox/seal.ts";
import type { DeviceRow } from "../store/rows.ts";
import type { WriteTx } from "../store/store.ts";
import type { OpenContext } from "./open-envelope.ts";

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
  if (chain === undefined) {
    // Of a chat one opens one's log when one becomes a contact; here nobody is met.
    if (channel.kind === "dm") return;
    await ensureOwnLog(tx, { ...context, channel });
    effects.wake();
    return;
  }
  if (chain.holders.includes(device.device)) return;
  const payloads = [await handOver(tx, context, channel, chain, device.account)];
  if (!(await sendControl(tx, { ...context, device, payloads, before: null, psk: null }))) return;
  await tx.put("ownChains", { ...chain, holders: [...chain.holders, device.device] });
  const now = await channelOf(tx, channel.c);
  if (now !== undefined) await tx.put("channels", { ...now, receipts: now.receipts + 1 });
  effects.receipt(channel.c);
  effects.wake();
}
