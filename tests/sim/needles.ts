/**
 * Secrets and marks that must never be seen, and the search for them: in raw bytes, base64 (at any
 * alignment, both alphabets), hex and UTF-16. All are looked for at once, so a run may have thousands.
 *
 * What is searched is looked at in four-byte words, one in so many that some whole word of each needle is
 * among them. Texts in it are decoded first, which costs nothing where there are none.
 */

/** Shorter ones would be found by chance. */
const NEEDLE_BYTES_MIN = 11;
const SECRET_PART_BYTES = 16;
const WORD_BYTES = 4;
/** Of so many words in a row one is looked at. */
const STRIDE = NEEDLE_BYTES_MIN - WORD_BYTES + 1;
/** As short as the shortest needle is in base64. */
const TEXT_MIN = Math.floor((NEEDLE_BYTES_MIN * 8) / 6);

/** Where a word stands in a needle. */
type Place = { readonly name: string; readonly bytes: Uint8Array; readonly at: number };

export type Found = { readonly name: string; readonly form: string };

export class Needles {
  /** By a hash of the word: does any needle have one like this? */
  readonly #isWord = new Uint8Array(1 << 16);
  readonly #placesByWord = new Map<number, Place[]>();

  /** Half a key is a secret too. */
  addSecret(name: string, bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; at += SECRET_PART_BYTES) {
      this.add(name, bytes.subarray(at, at + SECRET_PART_BYTES));
    }
  }

  /** Once is enough. */
  add(name: string, bytes: Uint8Array): void {
    if (bytes.length < NEEDLE_BYTES_MIN || this.#isKnown(bytes)) return;
    const own = bytes.slice();
    for (let at = 0; at < STRIDE; at += 1) {
      const word = wordAt(own, at);
      this.#isWord[hashOf(word)] = 1;
      const places = this.#placesByWord.get(word);
      if (places === undefined) this.#placesByWord.set(word, [{ name, bytes: own, at }]);
      else places.push({ name, bytes: own, at });
    }
  }

  /** The first that is in `hay`. */
  findIn(hay: Uint8Array): Found | undefined {
    for (const [form, bytes] of readingsOf(hay)) {
      const name = this.#nameIn(bytes);
      if (name !== undefined) return { name, form };
    }
    return undefined;
  }

  #isKnown(bytes: Uint8Array): boolean {
    const places = this.#placesByWord.get(wordAt(bytes, 0)) ?? [];
    return places.some((it) => it.bytes.length === bytes.length && isAt(bytes, -it.at, it.bytes));
  }

  #nameIn(hay: Uint8Array): string | undefined {
    const isWord = this.#isWord;
    for (let i = 0; i + WORD_BYTES <= hay.length; i += STRIDE) {
      const word = wordAt(hay, i);
      if (isWord[hashOf(word)] === 0) continue;
      const places = this.#placesByWord.get(word) ?? [];
      const found = places.find((it) => isAt(hay, i - it.at, it.bytes));
      if (found !== undefined) return found.name;
    }
    return undefined;
  }
}

const wordAt = (bytes: Uint8Array, at: number): number =>
  (bytes[at] as number) |
  ((bytes[at + 1] as number) << 8) |
  ((bytes[at + 2] as number) << 16) |
  ((bytes[at + 3] as number) << 24);

const hashOf = (word: number): number => Math.imul(word, 0x9e37_79b1) >>> 16;

function isAt(hay: Uint8Array, at: number, needle: Uint8Array): boolean {
  if (at < 0 || at + needle.length > hay.length) return false;
  for (let i = 0; i < needle.length; i += 1) if (hay[at + i] !== needle[i]) return false;
  return true;
}

/** As it stands, and what the texts in it say. */
function* readingsOf(hay: Uint8Array): Generator<readonly [form: string, bytes: Uint8Array]> {
  yield ["raw", hay];
  if (isWide(hay)) {
    for (const odd of [0, 1]) yield ["UTF-16", hay.filter((_, i) => i % 2 === odd)];
  }
  for (const text of textsIn(hay)) {
    for (const shift of [0, 1, 2, 3]) yield ["base64", Buffer.from(text.slice(shift), "base64")];
    for (const [digits] of text.matchAll(/[0-9a-fA-F]+/gu)) {
      for (const shift of [0, 1]) yield ["hex", Buffer.from(digits.slice(shift), "hex")];
    }
  }
}

/** May it have a needle in it with a zero beside each byte? Three such bytes of one are enough. */
function isWide(hay: Uint8Array): boolean {
  for (let i = 0; i + 5 < hay.length; i += 2 * NEEDLE_BYTES_MIN - 6) {
    if (hay[i] === 0 && hay[i + 2] === 0 && hay[i + 4] === 0) return true;
    if (hay[i + 1] === 0 && hay[i + 3] === 0 && hay[i + 5] === 0) return true;
  }
  return false;
}

/** All that could be base64 or hex, and is as long as a needle is in these. */
function* textsIn(hay: Uint8Array): Generator<string> {
  for (let i = TEXT_MIN - 1; i < hay.length; i += TEXT_MIN) {
    if (!isTextAt(hay, i)) continue;
    let [from, to] = [i, i + 1];
    while (from > 0 && isTextAt(hay, from - 1)) from -= 1;
    while (to < hay.length && isTextAt(hay, to)) to += 1;
    if (to - from >= TEXT_MIN) yield Buffer.from(hay.subarray(from, to)).toString("latin1");
    i = Math.max(i, to - 1);
  }
}

const IS_TEXT = new Uint8Array(256);
for (const digit of Buffer.from(
  "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_",
)) {
  IS_TEXT[digit] = 1;
}

const isTextAt = (hay: Uint8Array, at: number): boolean => IS_TEXT[hay[at] as number] === 1;
