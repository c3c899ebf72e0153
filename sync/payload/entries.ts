/**
 * ENTRIES: entries supplied again, each as it was signed, not verified here.
 * docs/protocol/sync.md, [PL9].
 *
 *     cbor [entries]
 */
import type { Result } from "../../crypto/base/result.ts";
import {
  bytesUpTo,
  type DecodeError,
  decodeShaped,
  encodeShaped,
  listShape,
  recordShape,
  ruled,
  type Shape,
} from "../cbor-shape.ts";
import { ENTRY_BYTES_MAX } from "../wire/limits.ts";
import { ENTRIES_BYTES_MAX, ENTRIES_MAX, SESSION_BYTES_MAX } from "./limits.ts";

/** 1 to ENTRIES_MAX encoded entries, of ENTRIES_BYTES_MAX in all. */
export type Entries = { readonly entries: readonly Uint8Array[] };

const ENTRIES: Shape<Entries> = ruled(
  recordShape<Entries>({ entries: listShape(bytesUpTo(ENTRY_BYTES_MAX, 1), ENTRIES_MAX, 1) }),
  ({ entries }) => bytesOf(entries) <= ENTRIES_BYTES_MAX,
);

export const encodeEntries = (entries: Entries): Uint8Array => encodeShaped(ENTRIES, entries);

export const decodeEntries = (bytes: Uint8Array): Result<Entries, DecodeError> =>
  decodeShaped(ENTRIES, bytes, SESSION_BYTES_MAX);

/** The first of `entries` that fit one payload; at least one if there is one. */
export function entriesThatFit(entries: readonly Uint8Array[]): readonly Uint8Array[] {
  let count = 0;
  let bytes = 0;
  for (const entry of entries.slice(0, ENTRIES_MAX)) {
    bytes += entry.length;
    if (bytes > ENTRIES_BYTES_MAX) break;
    count += 1;
  }
  return entries.slice(0, count);
}

const bytesOf = (entries: readonly Uint8Array[]): number =>
  entries.reduce((bytes, entry) => bytes + entry.length, 0);
