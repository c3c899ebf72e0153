/**
 * base64url without padding (RFC 4648 section 5), for URL fragments and JSON. Each byte string has
 * exactly one text: non-zero left-over bits, padding and white space are refused.
 */
import { err, ok, type Result } from "./result.ts";

export type Base64urlError = { readonly type: "Base64urlInvalid" };

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const VALUES: ReadonlyMap<string, number> = new Map(ALPHABET.split("").map((char, i) => [char, i]));

export function toBase64url(bytes: Uint8Array): string {
  let text = "";
  let bits = 0;
  let held = 0;
  for (const byte of bytes) {
    held = ((held << 8) | byte) & 0x3fff;
    bits += 8;
    while (bits >= 6) {
      bits -= 6;
      text += ALPHABET[(held >>> bits) & 63] ?? "";
    }
  }
  return bits === 0 ? text : text + (ALPHABET[(held << (6 - bits)) & 63] ?? "");
}

export function fromBase64url(text: string): Result<Uint8Array, Base64urlError> {
  const bytes = new Uint8Array(Math.floor((text.length * 6) / 8));
  let at = 0;
  let bits = 0;
  let held = 0;
  for (const char of text) {
    const value = VALUES.get(char);
    if (value === undefined) return err({ type: "Base64urlInvalid" });
    held = ((held << 6) | value) & 0x3fff;
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    bytes[at] = (held >>> bits) & 0xff;
    at += 1;
  }
  const leftOver = held & ((1 << bits) - 1);
  if (bits >= 6 || leftOver !== 0) return err({ type: "Base64urlInvalid" });
  return ok(bytes);
}
