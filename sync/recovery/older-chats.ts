/**
 * On a device that was restored, a chat that seems to begin may be older: the capsule need not have named
 * everybody, and there may have been none. Its history is asked of the other side. docs/protocol/
 * recovery.md, rule [RV12].
 */
import type { Channel } from "../channel/channels.ts";
import type { WriteTx } from "../store/store.ts";

const RESTORED = "restoredAtMs";

export const noteRestored = async (tx: WriteTx, nowMs: number): Promise<void> => {
  await tx.put("meta", { k: RESTORED, v: nowMs });
};

/** The channel of somebody who has just become a contact. */
export async function wantOlder(tx: WriteTx, channel: Channel): Promise<Channel> {
  const isRestored = (await tx.get("meta", RESTORED)) !== undefined;
  if (!isRestored || channel.arrivals > 0) return channel;
  const wanted: Channel = { ...channel, history: "wanted" };
  await tx.put("channels", wanted);
  return wanted;
}
