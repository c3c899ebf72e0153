/**
 * Which chats, and things to do, somebody means who types the beginning of a name.
 *
 * [AMA1] Case and accents do not matter. Names that begin so come first, then names with a word that
 * does, then names that hold it anywhere; within each, the order of the list. [AMA2] Without a word
 * all come in the order of the list, the open one last: nobody goes where they are.
 */
import { foldedName } from "../../db/people.ts";

/** What can be done has a name, and no number. */
type Named = { readonly c?: number; readonly name: string };

/** Nobody reads further; another letter narrows it. */
export const MATCHES_MAX = 50;

export function matchingChats<Chat extends Named>(
  chats: readonly Chat[],
  query: string,
  openC: number | null,
): readonly Chat[] {
  const wanted = foldedName(query.trim());
  return chats
    .map((chat) => ({ chat, rank: wanted === "" ? 0 : rankOf(foldedName(chat.name), wanted) }))
    .filter(({ rank }) => rank < NO_MATCH)
    .toSorted((x, y) => x.rank - y.rank || Number(x.chat.c === openC) - Number(y.chat.c === openC))
    .slice(0, MATCHES_MAX)
    .map(({ chat }) => chat);
}

const NO_MATCH = 3;

function rankOf(name: string, wanted: string): number {
  const at = name.indexOf(wanted);
  if (at <= 0) return at === 0 ? 0 : NO_MATCH;
  return name.includes(` ${wanted}`) ? 1 : 2;
}
