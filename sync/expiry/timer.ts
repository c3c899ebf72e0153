/**
 * How long messages of a channel live: what was said last, kept with the channel so that whoever writes
 * knows. docs/protocol/messages.md, [MO18] and [MO37].
 */
import { channelOf } from "../channel/channels.ts";
import type { ChannelRow } from "../store/rows.ts";
import type { WriteTx } from "../store/store.ts";
import type { ChannelMeta } from "../thread/channel-meta.ts";

/** In ms; null: messages stay. */
export const lifetimeIn = ({ timer }: Pick<ChannelRow, "timer">): number | null =>
  timer === undefined || timer.value.lifetimeMs === 0 ? null : timer.value.lifetimeMs;

/** `timer`: the last word of somebody who had the right; null: nobody said anything. */
export async function keepTimer(
  tx: WriteTx,
  c: number,
  { timer }: Pick<ChannelMeta, "timer">,
): Promise<void> {
  const channel = await channelOf(tx, c);
  if (channel === undefined || channel.timer?.stamp.id === timer?.stamp.id) return;
  const { timer: _, ...rest } = channel;
  await tx.put("channels", timer === null ? rest : { ...rest, timer });
}
