/**
 * Where an entry stands in its channel's timeline: (hEff, tie, seq), compared in that order. A pure
 * function of signed entries: no clock and no arrival takes part, so every device shows the same
 * order. docs/protocol/sync.md, [OR1] to [OR3]. The store's `timeline` index sorts alike.
 */
import { assert } from "../../crypto/base/assert.ts";
import { LOG_ID_BYTES } from "../entry/log-id-bytes.ts";

/** `tie` keeps entries of one instant apart by log; two of one log never share an instant. */
export type Place = { readonly hEff: number; readonly tie: number; readonly seq: number };

/** The log id's first four bytes, big-endian: sorts as the bytes do. */
export function tieOf(log: Uint8Array): number {
  assert(log.length === LOG_ID_BYTES, "a log id");
  return new DataView(log.buffer, log.byteOffset, log.byteLength).getUint32(0);
}

/** As `Array.prototype.sort` wants it. */
export const comparePlaces = (a: Place, b: Place): number =>
  a.hEff - b.hEff || a.tie - b.tie || a.seq - b.seq;
