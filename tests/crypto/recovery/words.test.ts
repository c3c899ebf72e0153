import { readdirSync, readFileSync } from "node:fs";

import fc from "fast-check";
import { expect, test, vi } from "vitest";

import { fromHex } from "../../../crypto/base/hex.ts";
import { parseWords, RECOVERY_WORDS, wordsOf } from "../../../crypto/recovery/words.ts";
import { bytesOf, unwrap } from "../people.ts";

/** Thousands of words are compared with 2,048, on a machine that may be busy. */
vi.setConfig({ testTimeout: 30_000 });

const secret32 = fc.uint8Array({ minLength: 32, maxLength: 32 });
/** Bytes and words of BIP-39's own list of 256-bit test vectors (trezor/python-mnemonic). */
const PUBLISHED: readonly (readonly [string, string])[] = [
  ["00".repeat(32), `${"abandon ".repeat(23)}art`],
  [
    "7f".repeat(32),
    `${"legal winner thank year wave sausage worth useful ".repeat(2)}legal winner thank year wave sausage worth title`,
  ],
  [
    "80".repeat(32),
    `${"letter advice cage absurd amount doctor acoustic avoid ".repeat(2)}letter advice cage absurd amount doctor acoustic bless`,
  ],
  ["ff".repeat(32), `${"zoo ".repeat(23)}vote`],
  [
    "f585c11aec520db57dd353c69554b21a89b20fb0650966fa0a9d6f74fd989d8f",
    "void come effort suffer camp survey warrior heavy shoot primary clutch crush open amazing screen patrol group space point ten exist slush involve unfold",
  ],
];

test.each(PUBLISHED)(
  "[RW1] writes and reads the words that BIP-39 publishes for %s",
  (hex, words) => {
    const secret = unwrap(fromHex(hex));
    expect(wordsOf(secret).join(" ")).toBe(words);
    expect(parseWords(words)).toEqual({ ok: true, value: secret });
  },
);

test("[RW1] any secret is 24 words, and comes back from them", () => {
  fc.assert(
    fc.property(secret32, (secret) => {
      const words = wordsOf(secret);
      expect(words).toHaveLength(RECOVERY_WORDS);
      expect(unwrap(parseWords(words.join(" ")))).toEqual(secret);
    }),
  );
});

test("[RW2] takes what people type: case, spaces, numbers, accents, wide letters, four letters", () => {
  const secret = bytesOf(32, 0x5c);
  const words = wordsOf(secret);
  const accented = words.map((word) => word.replaceAll("e", "é").replaceAll("a", "å"));
  const wide = words
    .join(" ")
    .replaceAll(/[a-z]/gu, (letter) =>
      String.fromCodePoint(letter.codePointAt(0)! - 0x61 + 0xff41),
    );
  const typed = [
    words.join("  \n\t").toUpperCase(),
    ` ${words.map((word, i) => `${i + 1}. ${word}`).join("\r\n")} `,
    words.join(", "),
    words.join("\u3000"),
    accented.join(" "),
    accented.map((word) => word.normalize("NFD")).join(" "),
    wide,
    words.map((word) => word.slice(0, 4)).join(" "),
  ];
  for (const text of typed)
    expect({ text, got: parseWords(text) }).toMatchObject({ got: { ok: true } });
  for (const text of typed) expect(unwrap(parseWords(text))).toEqual(secret);
});

test("[RW3] names the words that are none by their place, with the nearest ones", () => {
  const words = wordsOf(bytesOf(32, 0));
  const wrong = words.with(3, "abadnon").with(4, "cta").with(20, "zeebra").with(23, "qqqqqqqq");
  const parsed = parseWords(wrong.join(" "));
  expect(parsed).toMatchObject({ ok: false, error: { type: "WordsUnknown" } });
  const unknown = parsed.ok || parsed.error.type !== "WordsUnknown" ? [] : parsed.error.unknown;
  expect(unknown.map((it) => [it.position, it.nearest[0]])).toEqual([
    [4, "abandon"],
    [5, "cat"],
    [21, "zebra"],
    [24, undefined],
  ]);
  expect(Math.max(...unknown.map((it) => it.nearest.length))).toBeLessThanOrEqual(3);
  const many = parseWords("xqx ".repeat(100));
  expect(many.ok || many.error.type !== "WordsUnknown" ? 0 : many.error.unknown.length).toBe(24);
});

test("[RW4] says when there are too few or too many, or all are words but not these", () => {
  const words = wordsOf(bytesOf(32, 1));
  const count = (of: readonly string[]): unknown => parseWords(of.join(" "));
  expect(count(words.slice(1))).toEqual({
    ok: false,
    error: { type: "WordsCount", words: 23, expected: 24 },
  });
  expect(count([...words, "zoo"])).toMatchObject({ error: { type: "WordsCount", words: 25 } });
  expect(parseWords("")).toMatchObject({ error: { type: "WordsCount", words: 0 } });
  expect(count(words.with(0, "zoo"))).toEqual({ ok: false, error: { type: "WordsChecksum" } });
  expect(parseWords("a".repeat(2_049))).toEqual({
    ok: false,
    error: { type: "WordsTooLong", limit: 2_048 },
  });
  fc.assert(fc.property(fc.string({ maxLength: 99 }), (text) => void parseWords(text)));
  fc.assert(
    fc.property(fc.string({ unit: "grapheme", maxLength: 60 }), (text) => void parseWords(text)),
  );
});

test("[RW4] no error holds what was typed", () => {
  const error = parseWords("hunter2hunter2 correct horse batery staple");
  expect(JSON.stringify(error)).not.toContain("hunter");
  expect(JSON.stringify(error)).not.toContain("batery");
});

test("[RW5] nothing loads the word list or age with its first bytes", () => {
  const ROOT = new URL("../../../", import.meta.url);
  const LAZY =
    /^import (?!type\b)[^;]*?from "(?:@scure\/[^"]+|age-encryption|[^"]*\/recovery\/words\.ts)"/gmu;
  const sources = ["crypto", "sync", "app", "relay"].flatMap((room) =>
    readdirSync(new URL(room, ROOT), { recursive: true, encoding: "utf8" })
      .filter((path) => /\.tsx?$/u.test(path))
      .map((path) => `${room}/${path}`),
  );
  const loading = sources.filter((path) => LAZY.test(readFileSync(new URL(path, ROOT), "utf8")));
  expect(loading).toEqual(["crypto/recovery/words.ts"]);
});
