/**
 * The one codec of what devices say to each other: deterministic CBOR (RFC 8949 section 4.2.1) cut
 * down to null, booleans, safe integers, well-formed text, bytes and arrays. One value has one
 * encoding, so bytes that decode are the bytes that were signed. docs/protocol/sync.md, [CB1] to [CB4].
 *
 * Maps, floats, tags and undefined are refused: structures are positional arrays (cbor-shape.ts).
 */
import { decode, encode, rfc8949EncodeOptions } from "cborg";

import { assert } from "../crypto/base/assert.ts";
import { equalBytes } from "../crypto/base/bytes.ts";
import { err, ok, type Result } from "../crypto/base/result.ts";

/** Arrays within arrays: a lone scalar has depth 0. */
export const CBOR_DEPTH_MAX = 16;

export type CborValue = null | boolean | number | string | Uint8Array | readonly CborValue[];

export type CborError =
  | { readonly type: "CborMalformed" }
  | { readonly type: "CborTooDeep"; readonly limit: number }
  /** Well-formed, but not the one encoding of its value. */
  | { readonly type: "CborNotCanonical" };

/** A fresh array that shares its buffer with nothing. Texts must be well formed (`isPlainText`). */
export function encodeCbor(value: CborValue): Uint8Array {
  assert(isCborValue(value, 0), "a value that CBOR carries here");
  // In Node, cborg answers with a Buffer on a pool: storing or cloning such a view takes all of it.
  return new Uint8Array(encode(value, rfc8949EncodeOptions));
}

/** Bound the length before calling: the work is linear in it. Byte strings are copied. */
export function decodeCbor(bytes: Uint8Array): Result<CborValue, CborError> {
  let value: unknown;
  try {
    value = decode(bytes, {
      strict: true,
      allowIndefinite: false,
      allowUndefined: false,
      allowInfinity: false,
      allowNaN: false,
      allowBigInt: false,
      rejectDuplicateMapKeys: true,
    });
  } catch (error) {
    // A bomb of nested arrays overflows the stack before the depth can be counted.
    if (error instanceof RangeError) return err({ type: "CborTooDeep", limit: CBOR_DEPTH_MAX });
    return err({ type: "CborMalformed" });
  }
  if (!isWithinDepth(value, 0)) return err({ type: "CborTooDeep", limit: CBOR_DEPTH_MAX });
  if (!isCborValue(value, 0)) return err({ type: "CborMalformed" });
  // Catches what `strict` lets through: floats that are integers, invalid UTF-8, a leading BOM.
  if (!equalBytes(encodeCbor(value), bytes)) return err({ type: "CborNotCanonical" });
  return ok(value);
}

/** Survives the way through CBOR: no lone surrogate, and no leading BOM, which decoders strip. */
export const isPlainText = (text: string): boolean =>
  text.isWellFormed() && !text.startsWith("\uFEFF");

function isWithinDepth(value: unknown, depth: number): boolean {
  if (!Array.isArray(value)) return true;
  return depth < CBOR_DEPTH_MAX && value.every((item) => isWithinDepth(item, depth + 1));
}

function isCborValue(value: unknown, depth: number): value is CborValue {
  if (value === null || typeof value === "boolean" || value instanceof Uint8Array) return true;
  if (typeof value === "number") return Number.isSafeInteger(value);
  if (typeof value === "string") return isPlainText(value);
  if (!Array.isArray(value) || depth >= CBOR_DEPTH_MAX) return false;
  return value.every((item) => isCborValue(item, depth + 1));
}
