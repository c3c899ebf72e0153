import fc from "fast-check";
import { expect, test } from "vitest";

import type { Mention } from "../../../sync/entry/message-body.ts";
import { isMentioned, mentionsIn, spansOf } from "../../../sync/thread/mentions.ts";
import { filled } from "../entry/signed-entry.ts";

const ADA = filled(32, 1);
const BEA = filled(32, 2);
const at = (start: number, length: number, account = ADA): Mention => ({ account, start, length });

test("[MO20] a text falls into pieces, some of which name somebody", () => {
  expect(spansOf("hi @Ada, @Bea!", [at(9, 4, BEA), at(3, 4)])).toEqual([
    { text: "hi ", account: null },
    { text: "@Ada", account: ADA },
    { text: ", ", account: null },
    { text: "@Bea", account: BEA },
    { text: "!", account: null },
  ]);
  expect(spansOf("@Ada", [at(0, 4)])).toEqual([{ text: "@Ada", account: ADA }]);
  expect(spansOf("", [at(0, 1)])).toEqual([]);
});

test.each([
  ["beyond the end", "hi", [at(1, 2)], []],
  ["over another", "@Ada", [at(0, 3), at(2, 2, BEA)], [at(0, 3)]],
  ["twice", "@Ada", [at(0, 4), at(0, 4)], [at(0, 4)]],
  ["from within a character", "😀!", [at(1, 1)], []],
  ["into a character", "a😀", [at(0, 2)], []],
])("[MO20] a mention %s is no mention", (_, text, mentions, kept) => {
  expect(mentionsIn(text, mentions)).toEqual(kept);
});

test("[MO20] whatever is claimed, the pieces are the text", () => {
  const claims = fc.array(
    fc.record({
      account: fc.constantFrom(ADA, BEA),
      start: fc.nat(40),
      length: fc.integer({ min: 1, max: 40 }),
    }),
  );
  fc.assert(
    fc.property(fc.string({ unit: "grapheme", maxLength: 20 }), claims, (text, mentions) => {
      const spans = spansOf(text, mentions);
      expect(spans.map((it) => it.text).join("")).toBe(text);
      expect(spans.every((it) => it.text !== "")).toBe(true);
      expect(!text.isWellFormed() || spans.every((it) => it.text.isWellFormed())).toBe(true);
    }),
  );
});

test("[MO21] who is named is mentioned, unless the claim is bad", () => {
  expect(isMentioned("@Ada", [at(0, 4)], filled(32, 1))).toBe(true);
  expect(isMentioned("@Ada", [at(0, 4)], BEA)).toBe(false);
  expect(isMentioned("@Ada", [at(0, 5)], ADA)).toBe(false);
});
