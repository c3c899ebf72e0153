/**
 * That our relay lost what it held for us, kept until those are told who may have written it: they may count it as
 * sent, and the app may be closed before. docs/protocol/sync.md, [DG9].
 */
import type { ReadTx, WriteTx } from "../store/store.ts";

/** Name of the meta row: how many more starts go on with it. */
const ROBBED = "robbed";
/** Whose relay is away all that time is left to what is written next. */
const STARTS_MAX = 64;

export const noteRobbed = (tx: WriteTx): Promise<unknown> =>
  tx.put("meta", { k: ROBBED, v: STARTS_MAX });

export const wasRobbed = async (tx: ReadTx): Promise<boolean> => (await startsLeft(tx)) > 0;

/** At a start: is anybody still to be told? */
export async function takeRobbed(tx: WriteTx): Promise<boolean> {
  const left = await startsLeft(tx);
  if (left > 0) await tx.put("meta", { k: ROBBED, v: left - 1 });
  return left > 0;
}

export const forgetRobbed = (tx: WriteTx): Promise<void> => tx.delete("meta", ROBBED);

async function startsLeft(tx: ReadTx): Promise<number> {
  const left = (await tx.get("meta", ROBBED))?.v;
  return typeof left === "number" ? left : 0;
}
