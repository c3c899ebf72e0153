/** Lower-case hexadecimal, for map keys and public ids. Not constant time: never for secret keys. */
import { err, ok, type Result } from "./result.ts";

export type Hex = string;

export type HexError = { readonly type: "HexInvalid" };

const PAIRS: readonly string[] = Array.from({ length: 256 }, (_, byte) =>
  byte.toString(16).padStart(2, "0"),
);

export function toHex(bytes: Uint8Array): Hex {
  let text = "";
  for (const byte of bytes) text += PAIRS[byte] ?? "";
  return text;
}

/** Takes both cases; an odd length or any other character is refused. */
export function fromHex(text: string): Result<Uint8Array, HexError> {
  if (text.length % 2 !== 0 || !/^[0-9a-fA-F]*$/.test(text)) return err({ type: "HexInvalid" });
  const bytes = new Uint8Array(text.length / 2);
  for (let i = 0; i < bytes.length; i++) {
    bytes[i] = (digitOf(text.charCodeAt(2 * i)) << 4) | digitOf(text.charCodeAt(2 * i + 1));
  }
  return ok(bytes);
}

/** Of a character that is a digit: "0" is 0x30, "A" 0x41, "a" 0x61. */
const digitOf = (code: number): number => (code <= 0x39 ? code - 0x30 : (code & 0x0f) + 9);
