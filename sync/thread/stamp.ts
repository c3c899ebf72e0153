/**
 * "The last one holds", the same on every device: what was said carries its place in the channel's
 * order, and the entry's id parts what an author put into one place. docs/protocol/messages.md, [MO1].
 */
import { type Hex, toHex } from "../../crypto/base/hex.ts";
import type { EntryRef } from "../entry/entry-ref.ts";
import { comparePlaces, type Place } from "../log/order.ts";

/** `id`: the first 16 bytes of the entryId. Equal stamps are of one entry. */
export type Stamp = Place & { readonly id: Hex };

/** Something that a later word replaces. */
export type Kept<Value> = { readonly stamp: Stamp; readonly value: Value };

export const stampOf = ({ hEff, tie, seq }: Place, ref: EntryRef): Stamp => ({
  hEff,
  tie,
  seq,
  id: toHex(ref.id),
});

/** As `Array.prototype.sort` wants it: ascending in time. */
export const compareStamps = (a: Stamp, b: Stamp): number =>
  comparePlaces(a, b) || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);

/** The later of two, of which either may be missing. */
export function laterOf<It extends { readonly stamp: Stamp }>(
  a: It | null,
  b: It | null,
): It | null {
  if (a === null || b === null) return a ?? b;
  return compareStamps(a.stamp, b.stamp) >= 0 ? a : b;
}

export function earlierOf<It extends { readonly stamp: Stamp }>(
  a: It | null,
  b: It | null,
): It | null {
  if (a === null || b === null) return a ?? b;
  return compareStamps(a.stamp, b.stamp) <= 0 ? a : b;
}
