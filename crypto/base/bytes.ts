/**
 * Byte strings: joining, comparing, wiping, and the integers of our fixed layouts (little-endian,
 * see docs/protocol/crypto.md). Needs no libsodium, so that a tab may use it without loading it.
 */
import { assert } from "./assert.ts";
import { err, ok, type Result } from "./result.ts";

export const U32_MAX = 0xffff_ffff;
const U32_RANGE = 2 ** 32;

export type Utf8Error = { readonly type: "Utf8Invalid" };

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** A fresh array; the parts are copied. */
export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  let length = 0;
  for (const part of parts) length += part.length;
  const joined = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

/** Takes the same time wherever the first difference lies; lengths are no secret. */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  let difference = 0;
  for (let i = 0; i < a.length; i++) difference |= (a[i] ?? 0) ^ (b[i] ?? 0);
  return difference === 0;
}

/** Lexicographic, as `Array.prototype.sort` wants it. For public bytes: its time tells. */
export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const shared = Math.min(a.length, b.length);
  for (let i = 0; i < shared; i++) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

/** Zeroes secrets that leave scope. Copies the engine made meanwhile are out of reach. */
export function wipe(...secrets: readonly Uint8Array[]): void {
  for (const secret of secrets) secret.fill(0);
}

export function u16le(value: number): Uint8Array {
  assert(Number.isInteger(value) && value >= 0 && value <= 0xffff, "a u16");
  return Uint8Array.of(value & 0xff, value >>> 8);
}

export function u32le(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  writeU32le(bytes, 0, value);
  return bytes;
}

/** The four bytes must be there. */
export function writeU32le(bytes: Uint8Array, offset: number, value: number): void {
  assert(Number.isInteger(value) && value >= 0 && value <= U32_MAX, "a u32");
  assert(offset >= 0 && offset + 4 <= bytes.length, "room for four bytes");
  for (let i = 0; i < 4; i += 1) bytes[offset + i] = (value >>> (8 * i)) & 0xff;
}

/** Eight bytes that hold 0 to 2^53 - 1: all times in milliseconds. */
export function u53le(value: number): Uint8Array {
  assert(Number.isSafeInteger(value) && value >= 0, "a u53");
  return concat(u32le(value % U32_RANGE), u32le(Math.floor(value / U32_RANGE)));
}

/** The four bytes must be there: ask after the length was checked. */
export function readU32le(bytes: Uint8Array, offset = 0): number {
  assert(offset >= 0 && offset + 4 <= bytes.length, "four bytes to read");
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(offset, true);
}

export const utf8 = (text: string): Uint8Array => encoder.encode(text);

/** Strict: lone surrogates, overlong forms and truncated sequences are refused, a BOM is kept. */
export function fromUtf8(bytes: Uint8Array): Result<string, Utf8Error> {
  try {
    return ok(decoder.decode(bytes));
  } catch {
    return err({ type: "Utf8Invalid" });
  }
}
