/** Entries that a member's device signs as it likes, in its own log of the group that it was let into last. */
import { decodeEntry, entryIdOf, signEntry } from "../../sync/entry/entry.ts";
import { selfOf } from "./forge.ts";
import { groupOf } from "./group-talk.ts";
import type { Person } from "./person.ts";

const SALT = new Uint8Array(16).fill(7);

export type Word = { readonly kind: number; readonly body: Uint8Array };

/** The next entries of `author`'s log in the group, which say this. */
export async function entriesOf(
  author: Person,
  words: readonly Word[],
): Promise<readonly Uint8Array[]> {
  const c = await groupOf(author);
  const self = await selfOf(author);
  const log = (await author.rows("logs")).find((it) => it.c === c && it.own);
  const newest = (await author.rows("entries")).findLast((it) => it.c === c && it.a === log?.a);
  const entry = newest === undefined ? undefined : decodeEntry(newest.bytes);
  if (newest === undefined || entry?.ok !== true) throw new Error("no entry");
  const made: Uint8Array[] = [];
  let { core } = entry.value;
  let prev = newest.hash;
  for (const { kind, body } of words) {
    const { channel, log: id, seq, hlc, auth } = core;
    const next = { channel, log: id, seq: seq + 1, prev, hlc: hlc + 1, kind, deps: [], auth };
    const draft = { ...next, floor: hlc, expire: null };
    const signed = signEntry(draft, body, SALT, self.keys.sigSecret);
    made.push(signed.bytes);
    const decoded = decodeEntry(signed.bytes);
    if (!decoded.ok) throw new Error("an entry");
    ({ core } = decoded.value);
    prev = entryIdOf(decoded.value.coreBytes);
  }
  return made;
}
