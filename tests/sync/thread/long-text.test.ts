import fc from "fast-check";
import { expect, test } from "vitest";

import { utf8 } from "../../../crypto/base/bytes.ts";
import { TEXT_BYTES_MAX } from "../../../sync/entry/text.ts";
import {
  BEGINNING_CODE_POINTS,
  checkLongText,
  openWhole,
  WHOLE_BYTES_MAX,
} from "../../../sync/thread/long-text.ts";
import { countCharacters, TEXT_CODE_POINTS_MAX } from "../../../sync/thread/text-length.ts";

/** Halves of characters in any order, what shows nothing, and what does. */
const typed: fc.Arbitrary<string> = fc
  .array(fc.constantFrom("\uD83D", "\uDE00", "a", "é", " ", "\uFEFF", "\u200D"), { maxLength: 12 })
  .map((units) => units.join(""));

test("[MO26] characters are code points", () => {
  expect(countCharacters("a😀é")).toBe(3);
  expect(countCharacters("👩‍👩‍👧")).toBe(5);
  fc.assert(
    fc.property(typed, (text) => {
      expect(countCharacters(text)).toBe(Array.from(text).length);
    }),
  );
});

test.each([
  ["letters", "a"],
  ["umlauts", "ü"],
  ["emoji", "😀"],
])("[MO26] 100,000 %s pass, and one more is refused on both sides with the count", (_, it) => {
  const most = it.repeat(TEXT_CODE_POINTS_MAX);
  const checked = checkLongText(most);
  expect(checked.ok).toBe(true);
  if (!checked.ok || checked.value.whole === null) throw new Error("it does not fit an entry");
  expect(openWhole(checked.value.text, checked.value.whole)).toEqual({ ok: true, value: most });

  const error = {
    type: "TextTooManyCharacters",
    characters: TEXT_CODE_POINTS_MAX + 1,
    limit: TEXT_CODE_POINTS_MAX,
  };
  expect(checkLongText(most + it)).toEqual({ ok: false, error });
  expect(openWhole(it, utf8(most + it))).toEqual({ ok: false, error });
});

test("[MO27] what fits an entry needs no blob, and is what a short message would be", () => {
  const most = "a".repeat(TEXT_BYTES_MAX);
  expect(checkLongText(most)).toEqual({ ok: true, value: { text: most, whole: null } });
  expect(checkLongText("\uFEFFa\uD83D")).toEqual({
    ok: true,
    value: { text: "a\uFFFD", whole: null },
  });
});

test("[MO27] a longer one has its first 1,000 characters in the entry, whole ones", () => {
  const long = checkLongText("a" + "😀".repeat(20_000));
  if (!long.ok || long.value.whole === null) throw new Error("it does not fit an entry");
  expect(long.value.text).toBe("a" + "😀".repeat(BEGINNING_CODE_POINTS - 1));
  expect(long.value.whole).toHaveLength(80_001);
});

test("[MO27] a text that shows nothing is refused, however long", () => {
  const error = { type: "TextEmpty" };
  expect(checkLongText(" \n")).toEqual({ ok: false, error });
  expect(checkLongText(" ".repeat(TEXT_BYTES_MAX + 1))).toEqual({ ok: false, error });
  expect(openWhole("", utf8("   "))).toEqual({ ok: false, error });
});

test("[MO28] a blob that is no text, or another one, is refused", () => {
  const other = { ok: false, error: { type: "TextOther" } };
  expect(openWhole("hi", utf8("ho there"))).toEqual(other);
  expect(openWhole("", Uint8Array.of(0xff))).toEqual(other);
  expect(openWhole("", utf8("\uFEFFhi"))).toEqual(other);
  expect(openWhole("h", utf8("hi"))).toEqual({ ok: true, value: "hi" });
  expect(openWhole("", new Uint8Array(WHOLE_BYTES_MAX + 1))).toMatchObject({
    ok: false,
    error: { type: "TextTooManyCharacters", characters: TEXT_CODE_POINTS_MAX + 1 },
  });
});

test("[MO28] no bytes make it throw", () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 2 }), fc.uint8Array({ maxLength: 40 }), (text, bytes) => {
      expect(typeof openWhole(text, bytes).ok).toBe("boolean");
    }),
  );
});
