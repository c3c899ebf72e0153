/** What ends an outbox row besides a cursor: see receipts.ts for that. */
import type { Hex } from "../store/rows.ts";
import type { WriteTx } from "../store/store.ts";
import { putOutbox, withTargets } from "./targets.ts";

/** The device has answered: its first flights arrived. */
export async function settleFirstFlights(tx: WriteTx, device: Hex): Promise<void> {
  for (const row of await tx.range("outbox", "flight", { lower: device, upper: device })) {
    await putOutbox(
      tx,
      withTargets(row, (it) => (it.device === device ? { ...it, state: "done" } : it)),
    );
  }
}
