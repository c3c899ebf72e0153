/**
 * That our relay lost what it held for us, kept until those are told who may have written it: they may count it as
 * sent, and the app may be closed before. docs/protocol/sync.md, [DG9].
 */
import type { ReadTx, WriteTx } from "../store/store.ts";

/** Name of the meta row. */
const ROBBED = "robbed";

export const noteRobbed = (tx: WriteTx): Promise<unknown> => tx.put("meta", { k: ROBBED, v: true });

export const wasRobbed = async (tx: ReadTx): Promise<boolean> =>
  (await tx.get("meta", ROBBED)) !== undefined;

export const forgetRobbed = (tx: WriteTx): Promise<void> => tx.delete("meta", ROBBED);
