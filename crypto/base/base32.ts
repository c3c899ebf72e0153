/**
 * Crockford's base32: letters that people do not confuse, and texts of one length sort as their
 * bytes do. Most significant bit first, the last character filled with zero bits: 16 bytes are 26
 * characters.
 */
import { err, ok, type Result } from "./result.ts";

export type Base32Error = { readonly type: "Base32Invalid" };

const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const VALUES: ReadonlyMap<string, number> = new Map([
  ...ALPHABET.split("").map((char, i): [string, number] => [char, i]),
  ["O", 0],
  ["I", 1],
  ["L", 1],
]);

export function toBase32(bytes: Uint8Array): string {
  let text = "";
  let bits = 0;
  let held = 0;
  for (const byte of bytes) {
    held = ((held << 8) | byte) & 0xfff;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text += ALPHABET[(held >>> bits) & 31] ?? "";
    }
  }
  return bits === 0 ? text : text + (ALPHABET[(held << (5 - bits)) & 31] ?? "");
}

/** Takes both cases, O for 0 and I or L for 1. Non-zero left-over bits are refused. */
export function fromBase32(text: string): Result<Uint8Array, Base32Error> {
  const bytes = new Uint8Array(Math.floor((text.length * 5) / 8));
  let at = 0;
  let bits = 0;
  let held = 0;
  for (const char of text) {
    const value = /^[0-9A-Za-z]$/.test(char) ? VALUES.get(char.toUpperCase()) : undefined;
    if (value === undefined) return err({ type: "Base32Invalid" });
    held = ((held << 5) | value) & 0xfff;
    bits += 5;
    if (bits < 8) continue;
    bits -= 8;
    bytes[at] = (held >>> bits) & 0xff;
    at += 1;
  }
  const leftOver = held & ((1 << bits) - 1);
  if (bits >= 5 || leftOver !== 0) return err({ type: "Base32Invalid" });
  return ok(bytes);
}
