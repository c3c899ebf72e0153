import { expect, test } from "vitest";

import { utf8 } from "../../../crypto/base/bytes.ts";
import { EMOJI_BYTES_MAX, isEmoji } from "../../../sync/entry/emoji.ts";

const graphemes = new Intl.Segmenter("en", { granularity: "grapheme" });
const clustersOf = (text: string): number => [...graphemes.segment(text)].length;

const COUPLE = "👩🏻‍❤️‍💋‍👩🏻";

test.each([
  ["a smile", "😀"],
  ["a heart with its selector", "❤️"],
  ["a heart without", "❤"],
  ["a skin tone", "👍🏿"],
  ["a family", "👩‍👩‍👧"],
  ["the longest in use", COUPLE],
  ["a flag of a country", "🇪🇺"],
  ["a flag of a part of one", "🏴󠁧󠁢󠁥󠁮󠁧󠁿"],
  ["a rainbow flag", "🏳️‍🌈"],
  ["a keycap", "7️⃣"],
])("[MB9] %s is one emoji", (_, emoji) => {
  expect(isEmoji(emoji)).toBe(true);
  expect(clustersOf(emoji)).toBe(1);
});

test.each([
  ["nothing", ""],
  ["a letter", "a"],
  ["a word", "no"],
  ["a digit", "7"],
  ["two", "👍👍"],
  ["one and a letter", "👍a"],
  ["half a flag", "🇪"],
  ["a mark of direction", "\u202E👍"],
  ["a joiner without a second", "👍\u200D"],
  ["a selector alone", "\uFE0F"],
  ["white space before", " 👍"],
  ["a line", "👍\n"],
  ["a stack of accents", "👍\u0301\u0301"],
  ["more than its bytes", COUPLE.replace("👩🏻", "👩🏻‍👩🏻‍👩🏻‍👩🏻")],
])("[MB9] %s is none", (_, text) => {
  expect(isEmoji(text)).toBe(false);
});

test("[MB9] every emoji that this engine knows is one, of at most 64 bytes", () => {
  let count = 0;
  for (let point = 0; point <= 0x10ffff; point += 1) {
    if (point >= 0xd800 && point <= 0xdfff) continue;
    const character = String.fromCodePoint(point);
    if (!/\p{Extended_Pictographic}/u.test(character)) continue;
    count += 1;
    expect.soft(isEmoji(character), point.toString(16)).toBe(true);
  }
  expect(count).toBeGreaterThan(1_000);
  expect(utf8(COUPLE)).toHaveLength(35);
  expect(EMOJI_BYTES_MAX).toBe(64);
});
