/**
 * The recovery secret as 24 English words, to be written on paper and typed in again: BIP-39 with
 * 256 bits and 8 bits of SHA-256 as their checksum. The list's words differ in their first four
 * letters, so those are enough when typing.
 *
 * The word list weighs 12 KB with its code: no program imports this before it is asked for. Rules
 * [RW1] to [RW5] of docs/protocol/crypto.md.
 */
import { entropyToMnemonic, mnemonicToEntropy } from "@scure/bip39";
import { wordlist } from "@scure/bip39/wordlists/english.js";

import { assert } from "../base/assert.ts";
import { err, ok, type Result } from "../base/result.ts";
import { RECOVERY_SECRET_BYTES } from "../identity/recovery-secret.ts";

export const RECOVERY_WORDS = 24;
/** Far more than 24 words with numbers and line ends: longer text is not looked at. */
const TEXT_CHARACTERS_MAX = 2_048;
/** So many letters name a word of the list. */
const PREFIX_LETTERS_MIN = 4;
const NEAREST_MAX = 3;
/** Words with more mistakes than this are no suggestion. */
const MISTAKES_MAX = 3;

/** `position` counts from 1. `nearest`: at most three words of the list, the likeliest first. */
export type UnknownWord = { readonly position: number; readonly nearest: readonly string[] };

export type WordsError =
  | { readonly type: "WordsTooLong"; readonly limit: number }
  /** At most 24 of them. */
  | { readonly type: "WordsUnknown"; readonly unknown: readonly UnknownWord[] }
  | { readonly type: "WordsCount"; readonly words: number; readonly expected: number }
  /** All are words of the list: one is another, or two changed places. */
  | { readonly type: "WordsChecksum" };

/** 24 lower-case words. */
export function wordsOf(recoverySecret: Uint8Array): readonly string[] {
  assert(recoverySecret.length === RECOVERY_SECRET_BYTES, "recovery secret length");
  const words = entropyToMnemonic(recoverySecret, wordlist).split(" ");
  assert(words.length === RECOVERY_WORDS, "256 bits and 8 of checksum are 24 words");
  return words;
}

/**
 * 32 bytes. Takes what people type: either case, any white space, numbers and commas between,
 * accents, letters of another width, the first four letters alone.
 */
export function parseWords(text: string): Result<Uint8Array, WordsError> {
  if (text.length > TEXT_CHARACTERS_MAX) {
    return err({ type: "WordsTooLong", limit: TEXT_CHARACTERS_MAX });
  }
  const typed = text
    .normalize("NFKD")
    .replaceAll(/\p{M}/gu, "")
    .toLowerCase()
    .split(/\P{L}+/u)
    .filter((word) => word !== "");
  const words = typed.map(known);
  const unknown = words.flatMap((word, i) =>
    word === null ? [{ position: i + 1, typed: typed[i] ?? "" }] : [],
  );
  if (unknown.length > 0) {
    const named = unknown
      .slice(0, RECOVERY_WORDS)
      .map((it) => ({ position: it.position, nearest: nearestWords(it.typed) }));
    return err({ type: "WordsUnknown", unknown: named });
  }
  if (words.length !== RECOVERY_WORDS) {
    return err({ type: "WordsCount", words: words.length, expected: RECOVERY_WORDS });
  }
  try {
    return ok(mnemonicToEntropy(words.join(" "), wordlist));
  } catch {
    return err({ type: "WordsChecksum" });
  }
}

/** The word of the list that was meant for certain, or null. */
function known(typed: string): string | null {
  if (wordlist.includes(typed)) return typed;
  if (typed.length < PREFIX_LETTERS_MIN) return null;
  return wordlist.find((word) => word.startsWith(typed)) ?? null;
}

function nearestWords(typed: string): readonly string[] {
  return wordlist
    .map((word) => ({ word, mistakes: mistakesBetween(typed, word) }))
    .filter((it) => it.mistakes <= MISTAKES_MAX)
    .toSorted((a, b) => a.mistakes - b.mistakes)
    .slice(0, NEAREST_MAX)
    .map((it) => it.word);
}

/**
 * How many letters were left out, added, mistaken or swapped with their neighbour (optimal string
 * alignment: Damerau 1964, each place touched once).
 */
function mistakesBetween(typed: string, word: string): number {
  if (Math.abs(typed.length - word.length) > MISTAKES_MAX) return MISTAKES_MAX + 1;
  let before: readonly number[] = [];
  let last: readonly number[] = Array.from({ length: word.length + 1 }, (_, j) => j);
  for (let i = 1; i <= typed.length; i++) {
    const row = [i];
    for (let j = 1; j <= word.length; j++) {
      const same = typed[i - 1] === word[j - 1];
      const swapped = typed[i - 1] === word[j - 2] && typed[i - 2] === word[j - 1];
      row.push(
        Math.min(
          (last[j] ?? 0) + 1,
          (row[j - 1] ?? 0) + 1,
          (last[j - 1] ?? 0) + (same ? 0 : 1),
          swapped ? (before[j - 2] ?? 0) + 1 : Number.POSITIVE_INFINITY,
        ),
      );
    }
    [before, last] = [last, row];
  }
  return last[word.length] ?? 0;
}
