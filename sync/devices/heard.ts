/** When another device of ours was last heard of: shown to the person. docs/protocol/devices.md, [OD15]. */
import type { DeviceRow } from "../store/rows.ts";
import type { WriteTx } from "../store/store.ts";

/** People read minutes: nothing is written down more often. */
const HEARD_EVERY_MS = 60_000;

export async function heardOf(tx: WriteTx, device: DeviceRow, nowMs: number): Promise<void> {
  const ageMs = nowMs - (device.heardAtMs ?? 0);
  if (ageMs >= 0 && ageMs < HEARD_EVERY_MS) return;
  await tx.put("devices", { ...device, heardAtMs: nowMs });
}
