/** What ends an outbox row besides a cursor: see receipts.ts for that. */
import type { Hex } from "../../crypto/base/hex.ts";
import type { WriteTx } from "../store/store.ts";
import { putOutbox, withTargets } from "./targets.ts";

/**
 * The device has said something: the first flights that were sent to it arrived. One that was not sent yet may be of
 * a newer session, which proves more: it still goes, and a relay's word is enough. Rule [OB7]. As long as their person
 * has not answered our use of an invite, what says who we are is perhaps not among those that came. Rule [CO17].
 */
export async function settleFirstFlights(tx: WriteTx, device: Hex): Promise<void> {
  const from = await tx.get("devices", device);
  const contact = from && (await tx.get("contacts", from.account));
  if (contact?.state === "invited") return;
  for (const row of await tx.range("outbox", "flight", { lower: device, upper: device })) {
    const isUnsent = row.targets.some((it) => it.device === device && it.state === "pending");
    const settled = isUnsent
      ? { ...row, flightTo: "" }
      : withTargets(row, (it) => (it.device === device ? { ...it, state: "done" } : it));
    await putOutbox(tx, settled);
  }
}
