/**
 * A message's public id: unique and sortable by time without a server that gives out ids.
 * docs/protocol/sync.md, [PI1] to [PI3]. 26 characters of Crockford's base32 over 16 bytes:
 *
 * | offset | bytes | field                                     |
 * | -----: | ----: | ----------------------------------------- |
 * |      0 |     7 | hlc, big-endian                           |
 * |      7 |     5 | first bytes of the log id                 |
 * |     12 |     4 | seq, big-endian                           |
 */
import { assert } from "../../crypto/base/assert.ts";
import { fromBase32, toBase32 } from "../../crypto/base/base32.ts";
import { err, ok, type Result } from "../../crypto/base/result.ts";
import { HLC_MAX } from "../clock/hlc.ts";
import { SEQ_MAX } from "../log/known.ts";
import { LOG_ID_BYTES } from "./entry.ts";

export const PUBLIC_ID_CHARS = 26;
const BYTES = 16;
const LOG_AT = 7;
const SEQ_AT = 12;
const U32_RANGE = 2 ** 32;

export type PublicId = {
  readonly hlc: number;
  /** The first 5 bytes of the log id. */
  readonly logHead: Uint8Array;
  readonly seq: number;
};
export type PublicIdError = { readonly type: "PublicIdInvalid" };

export function publicIdOf(hlc: number, log: Uint8Array, seq: number): string {
  assert(Number.isInteger(hlc) && hlc >= 1 && hlc <= HLC_MAX, "an hlc");
  assert(Number.isInteger(seq) && seq >= 1 && seq <= SEQ_MAX, "an entry's number");
  assert(log.length === LOG_ID_BYTES, "a log id");
  const bytes = new Uint8Array(BYTES);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, Math.floor(hlc / 2 ** 24));
  view.setUint32(3, hlc % U32_RANGE);
  bytes.set(log.subarray(0, SEQ_AT - LOG_AT), LOG_AT);
  view.setUint32(SEQ_AT, seq);
  return toBase32(bytes);
}

/** Takes what people type: both cases, O for 0, I and L for 1. */
export function parsePublicId(text: string): Result<PublicId, PublicIdError> {
  const bytes = text.length === PUBLIC_ID_CHARS ? fromBase32(text) : undefined;
  if (bytes === undefined || !bytes.ok) return err({ type: "PublicIdInvalid" });
  const view = new DataView(bytes.value.buffer);
  const hlc = view.getUint32(0) * 2 ** 24 + (view.getUint32(3) % 2 ** 24);
  const seq = view.getUint32(SEQ_AT);
  if (hlc < 1 || hlc > HLC_MAX || seq < 1) return err({ type: "PublicIdInvalid" });
  return ok({ hlc, logHead: bytes.value.slice(LOG_AT, SEQ_AT), seq });
}
