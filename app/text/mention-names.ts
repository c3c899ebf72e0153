/**
 * Names behind an "@" in a text.
 *
 * [AMF1] Whoever's whole name stands behind an "@" that begins a word is meant, be it chosen from the list or
 * typed; of several names that fit the longest. [AMF2] Of two people of one name the one who was chosen is
 * meant; nobody, when nobody was. [AMF3] While a name is being typed, those come who have a word that begins
 * so; case and accents do not matter.
 */
import { MENTIONS_MAX } from "../../sync/entry/plain-message.ts";

export type Named = { readonly account: string; readonly name: string };
export type FoundMention = {
  readonly account: string;
  readonly start: number;
  readonly length: number;
};

/** An "@" is looked at so often in one text; nobody names more people. */
const AT_SIGNS_MAX = 2_000;
/** A name that is being typed: longer is none. */
const QUERY_CHARS_MAX = 40;
/** More do not fit on a phone beside the keyboard; another letter narrows it. */
export const SUGGESTED_MAX = 6;

const WORD = /[\p{L}\p{N}_]/u;

/** `chosen`: accounts by name, as the person picked them. */
export function foundMentions(
  text: string,
  people: readonly Named[],
  chosen: ReadonlyMap<string, string>,
): readonly FoundMention[] {
  const byName = accountsByName(people, chosen);
  const names = [...byName.keys()].toSorted((a, b) => b.length - a.length);
  const found: FoundMention[] = [];
  let at = text.indexOf("@");
  for (let n = 0; at !== -1 && n < AT_SIGNS_MAX && found.length < MENTIONS_MAX; n += 1) {
    const name = beginsWord(text, at) ? names.find((it) => standsAt(text, at + 1, it)) : undefined;
    const account = name === undefined ? undefined : byName.get(name);
    if (name !== undefined && account !== undefined) {
      found.push({ account, start: at, length: name.length + 1 });
    }
    at = text.indexOf("@", at + 1 + (name?.length ?? 0));
  }
  return found;
}

function accountsByName(
  people: readonly Named[],
  chosen: ReadonlyMap<string, string>,
): ReadonlyMap<string, string> {
  const byName = new Map<string, string>();
  for (const [name, same] of Map.groupBy(people, (it) => it.name)) {
    const [only] = same;
    const picked = same.find((it) => it.account === chosen.get(name)) ?? only;
    const isClear = same.length === 1 || chosen.has(name);
    if (isClear && picked !== undefined && name !== "") byName.set(name, picked.account);
  }
  return byName;
}

const beginsWord = (text: string, at: number): boolean =>
  at === 0 || !WORD.test(text.charAt(at - 1));

const standsAt = (text: string, at: number, name: string): boolean =>
  text.startsWith(name, at) && !WORD.test(text.charAt(at + name.length));

/** The name that is being typed before the cursor, and where its "@" stands; null: none. */
export function nameBefore(
  text: string,
  cursor: number,
): { readonly at: number; readonly query: string } | null {
  const from = Math.max(0, cursor - QUERY_CHARS_MAX - 1);
  const at = text.slice(from, cursor).lastIndexOf("@") + from;
  if (at < from || !beginsWord(text, at)) return null;
  const query = text.slice(at + 1, cursor);
  return /^\s|\n|\s\s/u.test(query) ? null : { at, query };
}

export function suggested<Who extends Named>(
  people: readonly Who[],
  query: string,
): readonly Who[] {
  const wanted = folded(query);
  const ranked = people.map((who) => ({ who, rank: rankOf(folded(who.name), wanted) }));
  return ranked
    .filter(({ rank }) => rank < NO_MATCH)
    .toSorted((a, b) => a.rank - b.rank)
    .slice(0, SUGGESTED_MAX)
    .map(({ who }) => who);
}

const NO_MATCH = 2;

function rankOf(name: string, wanted: string): number {
  if (name.startsWith(wanted)) return 0;
  return name.includes(` ${wanted}`) ? 1 : NO_MATCH;
}

const folded = (text: string): string =>
  text.normalize("NFKD").replaceAll(/\p{M}/gu, "").toLocaleLowerCase();
