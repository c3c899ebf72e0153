/**
 * Questions for history that were answered in part, and that nobody followed with the next one: rows of one
 * value in `meta`. docs/protocol/backfill.md, [HY22].
 */
import type { Hex } from "../../crypto/base/hex.ts";
import type { LogKnown } from "../payload/backfill.ts";
import type { DeviceRow } from "../store/rows.ts";
import type { ReadTx, WriteTx } from "../store/store.ts";

/** Whoever is here asks on within a second; on a slow line, within this. */
export const OWED_AFTER_MS = 20_000;
/** Questions that are remembered; of more the oldest are forgotten, and asked again. */
const OWED_MAX = 64;
const OWED = "owedHistory";

/** A question that was not answered to its end. */
export type Owed = {
  readonly device: Hex;
  readonly channel: Hex;
  readonly held: readonly LogKnown[];
  readonly atMs: number;
};

export async function owedIn(tx: ReadTx): Promise<readonly Owed[]> {
  const row = await tx.get("meta", OWED);
  return (row?.v ?? []) as readonly Owed[];
}

/** `held`: what they have when all arrived that was sent; null: nothing is owed to them any more. */
export async function owe(
  tx: WriteTx,
  { device }: Pick<DeviceRow, "device">,
  channel: Hex,
  held: readonly LogKnown[] | null,
  nowMs: number,
): Promise<void> {
  const before = await owedIn(tx);
  const others = before.filter((it) => it.device !== device || it.channel !== channel);
  if (held === null && others.length === before.length) return;
  const owed = held === null ? [] : [{ device, channel, held, atMs: nowMs }];
  await tx.put("meta", { k: OWED, v: [...others, ...owed].slice(-OWED_MAX) });
}

/** When the first that is owed is due; Infinity: nothing is. */
export async function nextOwedAtMs(tx: ReadTx): Promise<number> {
  const times = (await owedIn(tx)).map(({ atMs }) => atMs + OWED_AFTER_MS);
  return times.length === 0 ? Infinity : Math.min(...times);
}
