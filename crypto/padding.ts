/**
 * Padding before sealing, so that sizes tell little: ISO/IEC 7816-4 (0x80, then zeros) up to 128,
 * 256, 512, 1024, 2048 or 4096 bytes, and beyond that to the Padmé lengths (Nikitin et al.,
 * "Reducing Metadata Leakage from Encrypted Files and Communication with PURBs", PETS 2019), at
 * most 12 % more. Rules [PA1] to [PA3] of docs/protocol/crypto.md.
 */
import { assert } from "./base/assert.ts";

const BUCKET_MIN_BYTES = 128;
const BUCKET_MAX_BYTES = 4_096;
/** Padmé's arithmetic is done in 32 bits. */
const PADDED_BYTES_MAX = 2 ** 30;
const MARK = 0x80;

/** How long `length` bytes become; `length` counts the mark. */
export function paddedLength(length: number): number {
  assert(length >= 1 && length <= PADDED_BYTES_MAX, "a length that can be padded");
  let bucket = BUCKET_MIN_BYTES;
  while (bucket < length && bucket < BUCKET_MAX_BYTES) bucket *= 2;
  return bucket >= length ? bucket : padmeLength(length);
}

export function pad(message: Uint8Array): Uint8Array {
  const padded = new Uint8Array(paddedLength(message.length + 1));
  padded.set(message);
  padded[message.length] = MARK;
  return padded;
}

/** A view into `padded`, or null when these are not the bytes that `pad` makes of any message. */
export function unpad(padded: Uint8Array): Uint8Array | null {
  let end = padded.length - 1;
  while (end >= 0 && padded[end] === 0) end -= 1;
  if (end < 0 || padded[end] !== MARK) return null;
  return paddedLength(end + 1) === padded.length ? padded.subarray(0, end) : null;
}

/** Keeps as many leading bits as the exponent has, and rounds the rest up. */
function padmeLength(length: number): number {
  const exponent = 31 - Math.clz32(length);
  const kept = 32 - Math.clz32(exponent);
  const unit = 2 ** (exponent - kept);
  return Math.ceil(length / unit) * unit;
}
