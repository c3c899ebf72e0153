/**
 * Words that a deletion for everyone took away which counts no more: whoever has them may bring them back. Kept
 * as a list of places. docs/protocol/messages.md, [MO42].
 */
import type { EntryRow } from "../store/rows.ts";
import type { ReadTx, WriteTx } from "../store/store.ts";

/** Name of the meta row that holds the list. */
const LOST_WORDS = "lostWords";
/** Entries whose words are looked for; of more the oldest are missing for good. */
const LOST_WORDS_MAX = 512;

export type LostWord = readonly [c: number, a: number, s: number];
type Place = Pick<EntryRow, "c" | "a" | "s">;

export async function lostWordsOf(tx: ReadTx): Promise<readonly LostWord[]> {
  const row = await tx.get("meta", LOST_WORDS);
  return (row?.v ?? []) as readonly LostWord[];
}

export async function isLost(tx: ReadTx, place: Place): Promise<boolean> {
  return (await lostWordsOf(tx)).some(isAt(place));
}

export async function noteLost(tx: WriteTx, places: readonly Place[]): Promise<void> {
  const known = await lostWordsOf(tx);
  const more = places
    .filter((it) => !known.some(isAt(it)))
    .map(({ c, a, s }): LostWord => [c, a, s]);
  if (more.length > 0) await putList(tx, [...known, ...more].slice(-LOST_WORDS_MAX));
}

/** They are here again, or nobody has them. */
export async function dropLost(tx: WriteTx, places: readonly Place[]): Promise<void> {
  const known = await lostWordsOf(tx);
  const left = known.filter((it) => !places.some((place) => isAt(place)(it)));
  if (left.length < known.length) await putList(tx, left);
}

const isAt =
  ({ c, a, s }: Place) =>
  (it: LostWord): boolean =>
    it[0] === c && it[1] === a && it[2] === s;

async function putList(tx: WriteTx, list: readonly LostWord[]): Promise<void> {
  if (list.length === 0) await tx.delete("meta", LOST_WORDS);
  else await tx.put("meta", { k: LOST_WORDS, v: list });
}
