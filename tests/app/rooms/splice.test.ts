import fc from "fast-check";
import { expect, test } from "vitest";

import { merged, movedBy, spliced, spliceOf } from "../../../app/rooms/splice.ts";

const text = fc.string({ unit: fc.constantFrom("a", "b", " ", "🙂", "é"), maxLength: 12 });

test("[AYS1] a splice gives the other text, and splits no character", () => {
  fc.assert(
    fc.property(text, text, (before, after) => {
      const splice = spliceOf(before, after);
      expect(spliced(before, splice)).toBe(after);
      expect(splice.added.isWellFormed()).toBe(true);
      expect(before.slice(splice.at, splice.at + splice.removed).isWellFormed()).toBe(true);
    }),
  );
  expect(spliceOf("😀", "😁")).toEqual({ at: 0, removed: 2, added: "😁" });
});

test("[AYS2] two changes are both in what comes of them", () => {
  expect(merged("on my way", "on my way!", "I am on my way")).toBe("I am on my way!");
  expect(merged("one two three", "two three", "one two")).toBe("two");
  expect(merged("", "here", "there")).toBe("herethere");
  expect(merged("abc", "axc", "ayc")).toBe("axyc");
  expect(merged("abcd", "ad", "abXcd")).toBe("aXd");
  expect(merged("sent", "", "sent")).toBe("");
  fc.assert(
    fc.property(text, text, text, (base, ours, theirs) => {
      expect(merged(base, ours, base)).toBe(ours);
      expect(merged(base, base, theirs)).toBe(theirs);
      const both = merged(base, ours, theirs);
      const isOne = ours === theirs || theirs === base || ours === base;
      const added = [spliceOf(base, ours), spliceOf(base, theirs)].map((it) => it.added);
      expect(isOne || added.every((it) => both.includes(it))).toBe(true);
    }),
  );
});

test("[AYS3] the same change made twice is made once", () => {
  fc.assert(
    fc.property(text, text, (base, to) => {
      expect(merged(base, to, to)).toBe(to);
    }),
  );
});

test("[AYS1] a cursor stays at the letter behind it", () => {
  const before = "on my way";
  expect(movedBy(spliceOf(before, "I am on my way"), 9)).toBe(14);
  expect(movedBy(spliceOf(before, "on my way!"), 4)).toBe(4);
  expect(movedBy(spliceOf(before, "way"), 3)).toBe(0);
});
