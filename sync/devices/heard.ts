/**
 * When a device was last heard of. Of our own it is shown to the person (docs/protocol/devices.md, [OD15]); of
 * anybody's it says whether entries are still sealed for it (docs/protocol/groups.md, [RT6]).
 */
import { isWithin } from "../clock/within.ts";
import type { DeviceRow } from "../store/rows.ts";
import type { WriteTx } from "../store/store.ts";

/** People read minutes: nothing is written down more often … */
const HEARD_EVERY_MS = 60_000;
/** … and of others' devices days are enough. */
const OTHERS_HEARD_EVERY_MS = 86_400_000;

/** `isOwn`: of our own account. */
export async function heardOf(
  tx: WriteTx,
  device: DeviceRow,
  nowMs: number,
  isOwn: boolean,
): Promise<void> {
  const isRecent = isWithin(
    device.heardAtMs,
    nowMs,
    isOwn ? HEARD_EVERY_MS : OTHERS_HEARD_EVERY_MS,
  );
  if (isRecent && device.isAsleep === undefined) return;
  const { isAsleep: _, ...awake } = device;
  await tx.put("devices", { ...awake, heardAtMs: nowMs });
}
