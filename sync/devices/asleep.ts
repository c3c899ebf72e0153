/**
 * Devices of which nothing was heard for long, though another one of their account was there: nothing is
 * sealed for them until they come back. docs/protocol/groups.md, [RT6].
 */
import { cardOf } from "../contact/contacts.ts";
import type { DeviceRow } from "../store/rows.ts";
import type { WriteTx } from "../store/store.ts";

const DAY_MS = 86_400_000;
export const ASLEEP_AFTER_MS = 45 * DAY_MS;

/** Only where clocks agree: by a wrong one everybody would seem to sleep. Accounts of one device never do. */
export async function markAsleep(tx: WriteTx, nowMs: number): Promise<void> {
  const byAccount = Map.groupBy(await tx.range("devices", "primary", {}), (it) => it.account);
  for (const devices of byAccount.values()) {
    if (devices.length < 2) continue;
    const isSilent = (it: DeviceRow): boolean => nowMs - lastSignMs(it) > ASLEEP_AFTER_MS;
    const isSomebodyThere = devices.some((it) => !isSilent(it));
    for (const device of devices) {
      const isAsleep = isSomebodyThere && isSilent(device);
      if (isAsleep === (device.isAsleep === true)) continue;
      const { isAsleep: _, ...awake } = device;
      await tx.put("devices", isAsleep ? { ...awake, isAsleep } : awake);
    }
  }
}

/** The newest that it told, or that was told of it. */
function lastSignMs(device: DeviceRow): number {
  const seenMs = (cardOf(device)?.lastSeenDay ?? 0) * DAY_MS;
  return Math.max(device.heardAtMs ?? 0, device.cardAtMs, seenMs);
}
