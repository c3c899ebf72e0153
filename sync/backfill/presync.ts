/** How much history there is, told before it comes. docs/protocol/devices.md, [OD16]. */
import { type Hex, toHex } from "../../crypto/base/hex.ts";
import { bytesOf, logsOf, numbered } from "../channel/channels.ts";
import { countKnown } from "../log/known.ts";
import { sendControl } from "../outbox/control.ts";
import { encodePayload } from "../payload/payload.ts";
import { type Presync, PRESYNC_CHANNELS_MAX } from "../payload/presync.ts";
import type { OpenContext } from "../receive/open-context.ts";
import type { DeviceRow } from "../store/rows.ts";
import type { WriteTx } from "../store/store.ts";

/** Name of the meta row: entries that another device of ours holds, by channel id (hex16). */
export const PRESYNC_HELD = "presync";
export type PresyncHeld = Readonly<Record<Hex, number>>;

export async function tellPresync(
  tx: WriteTx,
  context: OpenContext,
  device: DeviceRow,
): Promise<void> {
  const rows = (await tx.range("channels", "recent", { reverse: true })).slice(
    0,
    PRESYNC_CHANNELS_MAX,
  );
  const channels: { channel: Uint8Array; entries: number }[] = [];
  for (const row of rows) {
    const logs = await logsOf(tx, numbered(row, "c").c);
    const entries = logs.reduce((sum, it) => sum + countKnown(it.known), 0);
    if (entries > 0) channels.push({ channel: bytesOf(row.id), entries });
  }
  const payloads = [encodePayload("presync", { channels })];
  await sendControl(tx, { ...context, device, payloads, before: null, psk: null });
}

/** The highest word about each channel holds: another device may have more. */
export async function takePresync(tx: WriteTx, { channels }: Presync): Promise<void> {
  const row = await tx.get("meta", PRESYNC_HELD);
  const held = new Map(Object.entries((row?.v ?? {}) as PresyncHeld));
  for (const { channel, entries } of channels) {
    const id = toHex(channel);
    if (!held.has(id) && held.size >= PRESYNC_CHANNELS_MAX) continue;
    held.set(id, Math.max(entries, held.get(id) ?? 0));
  }
  await tx.put("meta", { k: PRESYNC_HELD, v: Object.fromEntries(held) });
}
