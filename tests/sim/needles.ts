/**
 * Secrets and marks that must never be seen, and the search for them: in raw bytes, base64 (all three
 * alignments, both alphabets), hex and UTF-16. All are looked for at once, so a run may have thousands.
 */
import { toHex } from "../../crypto/base/hex.ts";

/** Shorter ones would be found by chance. */
const NEEDLE_BYTES_MIN = 8;
const SECRET_PART_BYTES = 16;

type Needle = { readonly bytes: Uint8Array; readonly name: string; readonly form: string };

export type Found = { readonly name: string; readonly form: string };

export class Needles {
  readonly #known = new Set<string>();
  /** Which pairs of bytes some needle begins with. */
  readonly #begins = new Uint8Array(1 << 16);
  readonly #byBegin = new Map<number, Needle[]>();

  /** Half a key is a secret too. */
  addSecret(name: string, bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; at += SECRET_PART_BYTES) {
      this.add(name, bytes.subarray(at, at + SECRET_PART_BYTES));
    }
  }

  /** Adds `bytes` in all forms; once is enough. */
  add(name: string, bytes: Uint8Array): void {
    const key = toHex(bytes);
    if (this.#known.has(key) || bytes.length < NEEDLE_BYTES_MIN) return;
    this.#known.add(key);
    for (const [form, written] of formsOf(bytes)) {
      const begin = ((written[0] ?? 0) << 8) | (written[1] ?? 0);
      this.#begins[begin] = 1;
      const others = this.#byBegin.get(begin) ?? [];
      others.push({ bytes: written, name, form });
      this.#byBegin.set(begin, others);
    }
  }

  /** The first that is in `hay`. */
  findIn(hay: Uint8Array): Found | undefined {
    const begins = this.#begins;
    for (let i = 1; i < hay.length; i += 1) {
      const begin = ((hay[i - 1] as number) << 8) | (hay[i] as number);
      if (begins[begin] === 0) continue;
      const found = this.#byBegin.get(begin)?.find((it) => isAt(hay, i - 1, it.bytes));
      if (found !== undefined) return { name: found.name, form: found.form };
    }
    return undefined;
  }
}

function isAt(hay: Uint8Array, at: number, needle: Uint8Array): boolean {
  if (at + needle.length > hay.length) return false;
  for (let i = 0; i < needle.length; i += 1) if (hay[at + i] !== needle[i]) return false;
  return true;
}

export function formsOf(bytes: Uint8Array): readonly (readonly [form: string, Uint8Array])[] {
  const buffer = Buffer.from(bytes);
  const hex = buffer.toString("hex");
  const texts: [string, string][] = [
    ["hex", hex],
    ["HEX", hex.toUpperCase()],
    ...[0, 1, 2].flatMap((shift): [string, string][] => {
      const core = base64Core(buffer, shift);
      const url = core.replaceAll("+", "-").replaceAll("/", "_");
      return [["base64", core], ...(url === core ? [] : [["base64url", url] as [string, string]])];
    }),
  ];
  return [
    ["raw", bytes],
    ["UTF-16LE", Buffer.from(buffer.toString("latin1"), "utf16le")],
    ["UTF-16BE", Buffer.from(buffer.toString("latin1"), "utf16le").swap16()],
    ...texts.map(([form, text]) => [form, Buffer.from(text, "latin1")] as const),
  ];
}

/** The characters that depend on `bytes` alone when `shift` unknown bytes stand before them. */
function base64Core(bytes: Buffer, shift: number): string {
  const text = Buffer.concat([Buffer.alloc(shift), bytes])
    .toString("base64")
    .replace(/=+$/u, "");
  const first = Math.ceil((shift * 8) / 6);
  const last = Math.floor(((shift + bytes.length) * 8) / 6);
  return text.slice(first, last);
}
