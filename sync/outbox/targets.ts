/** Who still has to get something, device by device. */
import type { Hex } from "../../crypto/base/hex.ts";
import type { Self } from "../account/self.ts";
import type { DeviceRow, OutboxRow, Target } from "../store/rows.ts";
import type { WriteTx } from "../store/store.ts";

export const pendingTargets = (
  { account }: Pick<Self, "account">,
  devices: readonly DeviceRow[],
): readonly Target[] =>
  devices.map((it) => ({
    device: it.device,
    isOwn: it.account === account,
    state: "pending",
    url: "",
    storeInc: "",
    storedAtMs: 0,
  }));

/** `nextAtMs` of what is due now: control messages stand before all entries, because they open them. */
export const DUE_NOW = { control: 0, entry: 1 } as const satisfies Record<
  OutboxRow["what"],
  number
>;

/** The same row at the beginning of its tries. */
export const dueNow = (row: OutboxRow): OutboxRow => ({
  ...row,
  attempts: 0,
  nextAtMs: DUE_NOW[row.what],
  isRefused: false,
});

/** Does a relay have it for everybody but our own other devices? */
export const isSent = (row: OutboxRow): boolean =>
  row.targets.every((it) => it.isOwn || it.state !== "pending");

/** The row with some targets changed; `waiting` follows from them. */
export function withTargets(row: OutboxRow, change: (target: Target) => Target): OutboxRow {
  const targets = row.targets.map(change);
  return { ...row, targets, waiting: targets.some((it) => it.state === "pending") ? 1 : 0 };
}

/** Writes the row back, or deletes it when every target is done. */
export async function putOutbox(tx: WriteTx, row: OutboxRow): Promise<void> {
  if (row.n !== undefined && row.targets.every((it) => it.state === "done")) {
    await tx.delete("outbox", row.n);
  } else {
    await tx.put("outbox", row);
  }
}

/** Nothing is for these devices any more. */
export async function dropTargets(tx: WriteTx, devices: ReadonlySet<Hex>): Promise<void> {
  for (const parcel of await tx.range("outbox", "primary", {})) {
    const targets = parcel.targets.filter((it) => !devices.has(it.device));
    if (targets.length === parcel.targets.length || parcel.n === undefined) continue;
    if (targets.length === 0) await tx.delete("outbox", parcel.n);
    else
      await putOutbox(
        tx,
        withTargets({ ...parcel, targets }, (it) => it),
      );
  }
}
