/**
 * Envelopes that are kept although they cannot be opened: their chain is not known yet, or they made us
 * fail. Bounded, for each token that they come under and in all. What is let go is not remembered
 * either: when its author sends the same bytes again it is taken again. docs/protocol/sync.md, rules
 * [RX4], [RX7] and [HE9].
 */
import type { Hex } from "../../crypto/base/hex.ts";
import type { HeldRow } from "../store/rows.ts";
import type { ReadTx, WriteTx } from "../store/store.ts";

/** Kept in all; the oldest go first, their authors have them. */
export const HELD_MAX = 512;
/** … and of those that came under one token, so that nobody drives out what others wrote. */
export const HELD_LABEL_MAX = 64;

/** In place of the id of what made us fail. No envelope has it: those are 32 hex digits. */
export const POISON_TAG = "poison";

/** Keeps one more. Answers how many had to go for it. */
export async function hold(tx: WriteTx, row: HeldRow): Promise<number> {
  const theirs = { lower: [row.label], upper: [row.label] };
  const surplus = (await tx.count("held", "label", theirs)) + 1 - HELD_LABEL_MAX;
  const gone =
    surplus > 0
      ? await tx.range("held", "label", { ...theirs, limit: surplus })
      : await tx.range("held", "at", {
          limit: Math.max(0, (await tx.count("held", "primary", {})) + 1 - HELD_MAX),
        });
  for (const old of gone) await letGo(tx, old);
  await tx.put("held", row);
  return gone.length;
}

/** Forgets that it ever came. */
export async function letGo(tx: WriteTx, { env }: HeldRow): Promise<void> {
  await tx.delete("held", env);
  await tx.delete("seen", env);
}

/**
 * Tags of those that wait for their device to be known: a first flight is tagged by the prekeys that it was
 * sealed under. Asked of the index: bodies are large, and whoever tells us of devices makes us ask often.
 */
export async function heldFlights(tx: ReadTx): Promise<readonly Hex[]> {
  const flights: Hex[] = [];
  for (const { id } of await tx.range("prekeys", "primary", {})) {
    if ((await tx.count("held", "tag", { lower: id, upper: id })) > 0) flights.push(id);
  }
  return flights;
}
