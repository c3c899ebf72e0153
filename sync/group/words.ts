/**
 * Which entries about a group itself are remembered: what it is called, and its links. Only what counts takes a
 * place, and nobody takes all of them: an admin who says too much, and is removed for it, must not leave the group
 * without words. docs/protocol/groups.md, [GP17] and [GL4].
 */
import type { Hex } from "../../crypto/base/hex.ts";
import { entryOf } from "../channel/thread-rows.ts";
import { msOf } from "../clock/hlc.ts";
import { decodeBody } from "../entry/bodies.ts";
import { KINDS } from "../entry/kinds.ts";
import type { EntryRow } from "../store/rows.ts";
import type { ReadTx, WriteTx } from "../store/store.ts";
import { isLink, LINK_ENTRIES_MAX, linkWordIn } from "./links.ts";
import { rosterRowOf } from "./rosters.ts";
import type { EntryPlace } from "./rows.ts";

/** Entries that name or describe the group; of more the oldest go that later ones made void in all they say. */
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

/** Whoever says more than their share loses what they said first, but for their last word on each thing. */
async function withNewest(
  tx: ReadTx,
  c: number,
  places: readonly EntryPlace[],
  author: Hex,
): Promise<readonly EntryPlace[]> {
  const theirs = await placesOf(tx, places, author);
  const crowd = theirs.length > METAS_OF_ACCOUNT_MAX ? theirs : places;
  if (theirs.length <= METAS_OF_ACCOUNT_MAX && places.length <= METAS_MAX) return places;
  const least = (await metasByWeight(tx, c, crowd)).at(-1);
  return places.filter(([a, s]) => a !== least?.[0] || s !== least[1]);
}

/** Was something that `author` said of the group forgotten, which counts again when what they said since does not? */
export async function hasForgotten(tx: ReadTx, c: number, author: Hex): Promise<boolean> {
  const { metas } = await rosterRowOf(tx, c);
  return (await placesOf(tx, metas, author)).length >= METAS_OF_ACCOUNT_MAX;
}

/** Those that name or describe the group: in front the last word on each thing, and then the newest. */
export async function metasByWeight(
  tx: ReadTx,
  c: number,
  metas: readonly EntryPlace[],
): Promise<readonly EntryPlace[]> {
  const rows = await Promise.all(metas.map((place) => tx.get("entries", [c, ...place])));
  const newest = rows
    .filter((it) => it !== undefined)
    .toSorted((x, y) => y.h - x.h || y.b - x.b || y.s - x.s);
  const said = new Set<string>();
  const last = new Set<EntryRow>();
  for (const row of newest) {
    const fields = fieldsIn(row);
    if (fields.some((it) => !said.has(it))) last.add(row);
    for (const field of fields) said.add(field);
  }
  return [...new Set([...last, ...newest])].map(({ a, s }) => [a, s]);
}

/** What it says something of. */
function fieldsIn(row: EntryRow): readonly string[] {
  const bytes = entryOf(row).body;
  const body = bytes === null ? undefined : decodeBody(row.kind, bytes);
  if (body?.ok !== true || body.value.type !== "meta") return [];
  const { title, topic, picture, history, timer } = body.value;
  const said = Object.entries({ title, topic, picture, history, timer });
  return said.flatMap(([field, value]) => (value === null ? [] : [field]));
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
