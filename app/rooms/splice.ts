/**
 * Changes of a text as one splice, and two of them put together. [AYS1] Applied, a splice gives the other
 * text. [AYS2] Two that touch different places are both in what comes of them; where they overlap, both
 * texts stay and what either took away is gone. [AYS3] The same change made twice is made once.
 */

/** `removed` UTF-16 units from `at` make way for `added`. */
export type Splice = { readonly at: number; readonly removed: number; readonly added: string };

export function spliceOf(before: string, after: string): Splice {
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (start < shorter && before[start] === after[start]) start += 1;
  if (splitsPair(before, start) || splitsPair(after, start)) start -= 1;
  let end = 0;
  while (
    end < shorter - start &&
    before[before.length - 1 - end] === after[after.length - 1 - end]
  ) {
    end += 1;
  }
  if (splitsPair(before, before.length - end) || splitsPair(after, after.length - end)) end -= 1;
  return {
    at: start,
    removed: before.length - start - end,
    added: after.slice(start, after.length - end),
  };
}

export const spliced = (text: string, { at, removed, added }: Splice): string =>
  text.slice(0, at) + added + text.slice(at + removed);

/** What `ours` and `theirs` come to, who both began with `base`. */
export function merged(base: string, ours: string, theirs: string): string {
  if (ours === theirs || theirs === base) return ours;
  if (ours === base) return theirs;
  const [a, b] = [spliceOf(base, ours), spliceOf(base, theirs)];
  // The later one first, so that the other's place stays what it is.
  if (a.at + a.removed <= b.at) return spliced(spliced(base, b), a);
  if (b.at + b.removed <= a.at) return spliced(spliced(base, a), b);
  const at = Math.min(a.at, b.at);
  const to = Math.max(a.at + a.removed, b.at + b.removed);
  return spliced(base, { at, removed: to - at, added: a.added + b.added });
}

/** Where a cursor stands afterwards. */
export function movedBy({ at, removed, added }: Splice, cursor: number): number {
  if (cursor <= at) return cursor;
  return Math.max(at, cursor - removed) + added.length;
}

/** Between the two halves of one character beyond U+FFFF? */
const splitsPair = (text: string, at: number): boolean =>
  at > 0 && at < text.length && (text.codePointAt(at - 1) ?? 0) > 0xffff;
