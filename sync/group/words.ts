/**
 * Which entries about a group itself are remembered: what it is called, and its links. Only what counts takes a
 * place, and nobody takes all of them: an admin who says too much, and is removed for it, must not leave the group
 * without words. docs/protocol/groups.md, [GP17] and [GL4].
 */
import { msOf } from "../clock/hlc.ts";
import { KINDS } from "../entry/kinds.ts";
import type { EntryRow, Hex } from "../store/rows.ts";
import type { ReadTx, WriteTx } from "../store/store.ts";
import { isLink, LINK_ENTRIES_MAX, linkWordIn } from "./links.ts";
import { rosterRowOf } from "./rosters.ts";
import type { EntryPlace } from "./rows.ts";

/** Entries that name or describe the group; of more the oldest go, the last word is what counts. */
const METAS_MAX = 1_000;
/** … of one account. */
export const METAS_OF_ACCOUNT_MAX = 64;
/** Entries of one account about links; more change nothing, since old ones say what is over. */
export const LINK_ENTRIES_OF_ACCOUNT_MAX = 250;
/** What was said of a link that ended so long before is forgotten when there is no room. */
const LINK_OVER_MS = 31 * 86_400_000;

/** Takes the entry's place into the list that it belongs to, or out of it. `author`: whose it is. */
export async function noteWord(
  tx: WriteTx,
  row: EntryRow,
  author: Hex,
  isHeard: boolean,
): Promise<void> {
  const roster = await rosterRowOf(tx, row.c);
  const isMeta = row.kind === KINDS.meta.number;
  const held = isMeta ? roster.metas : (roster.linkEntries ?? []);
  const others = held.filter((it) => it[0] !== row.a || it[1] !== row.s);
  if (isHeard === others.length < held.length) return;
  const place: EntryPlace = [row.a, row.s];
  const places = !isHeard
    ? others
    : isMeta
      ? await withNewest(tx, row.c, [...others, place], author)
      : await withLink(tx, row, others, author);
  const list = isMeta ? { metas: places } : { linkEntries: places };
  await tx.put("rosters", { ...roster, ...list });
}

/** Whoever says more than their share loses what they said first. */
async function withNewest(
  tx: ReadTx,
  c: number,
  places: readonly EntryPlace[],
  author: Hex,
): Promise<readonly EntryPlace[]> {
  const theirs = await placesOf(tx, places, author);
  const crowd = theirs.length > METAS_OF_ACCOUNT_MAX ? theirs : places;
  if (theirs.length <= METAS_OF_ACCOUNT_MAX && places.length <= METAS_MAX) return places;
  const oldest = await oldestOf(tx, c, crowd);
  return places.filter((it) => it !== oldest);
}

async function withLink(
  tx: ReadTx,
  row: EntryRow,
  others: readonly EntryPlace[],
  author: Hex,
): Promise<readonly EntryPlace[]> {
  const isFull = async (places: readonly EntryPlace[]): Promise<boolean> =>
    places.length >= LINK_ENTRIES_MAX ||
    (await placesOf(tx, places, author)).length >= LINK_ENTRIES_OF_ACCOUNT_MAX;
  if (!(await isFull(others))) return [...others, [row.a, row.s]];
  const living = await withoutEnded(tx, row, others);
  return (await isFull(living)) ? living : [...living, [row.a, row.s]];
}

/** Without what was said of links that ended long before this entry. */
async function withoutEnded(
  tx: ReadTx,
  { c, h }: EntryRow,
  places: readonly EntryPlace[],
): Promise<readonly EntryPlace[]> {
  const words = await Promise.all(
    places.map(async (place) => {
      const row = await tx.get("entries", [c, ...place]);
      return { place, word: row && isLink(row) ? linkWordIn(row) : undefined };
    }),
  );
  const ended = new Set(
    words.flatMap(({ word }) =>
      word !== undefined && word.endsAtMs < msOf(h) - LINK_OVER_MS ? [word.tag] : [],
    ),
  );
  return words.flatMap(({ place, word }) =>
    word !== undefined && ended.has(word.tag) ? [] : [place],
  );
}

async function placesOf(
  tx: ReadTx,
  places: readonly EntryPlace[],
  author: Hex,
): Promise<readonly EntryPlace[]> {
  const logs = [...new Set(places.map(([a]) => a))];
  const rows = await Promise.all(logs.map((a) => tx.get("logs", a)));
  const theirs = new Set(logs.filter((_, i) => rows[i]?.account === author));
  return places.filter(([a]) => theirs.has(a));
}

async function oldestOf(
  tx: ReadTx,
  c: number,
  places: readonly EntryPlace[],
): Promise<EntryPlace | undefined> {
  const rows = await Promise.all(places.map((place) => tx.get("entries", [c, ...place])));
  let oldest = 0;
  for (const [i, row] of rows.entries()) {
    const least = rows[oldest];
    const isOlder =
      row === undefined ||
      (least !== undefined && (row.h - least.h || row.b - least.b || row.s - least.s) < 0);
    if (isOlder) oldest = i;
  }
  return places[oldest];
}
