/**
 * Whole numbers from 0 to 2^53 - 1 as LEB128: seven bits a byte, the lowest first, the high bit set
 * on all but the last. Only the shortest form is valid, so each number has one encoding.
 */
export const VARUINT_MAX = Number.MAX_SAFE_INTEGER;
/** 53 bits in groups of seven. */
export const VARUINT_BYTES_MAX = 8;

export const isVaruint = (value: number): boolean => Number.isSafeInteger(value) && value >= 0;

/** How many bytes `value` takes. */
export function varuintBytes(value: number): number {
  let bytes = 1;
  for (let rest = value; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes += 1;
  return bytes;
}

/** Writes `value` at `offset` and returns the offset behind it. `bytes` has the room. */
export function writeVaruint(bytes: Uint8Array, offset: number, value: number): number {
  let at = offset;
  let rest = value;
  while (rest >= 0x80) {
    bytes[at++] = (rest % 0x80) | 0x80;
    rest = Math.floor(rest / 0x80);
  }
  bytes[at++] = rest;
  return at;
}
