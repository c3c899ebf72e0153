import fc from "fast-check";
import { expect, test } from "vitest";

import { utf8 } from "../../../crypto/base/bytes.ts";
import { decodeBody, encodeMessage } from "../../../sync/entry/bodies.ts";
import { TEXT_BYTES_MAX } from "../../../sync/entry/text.ts";
import { checkLongText } from "../../../sync/thread/long-text.ts";

test("[TX1] 32,768 bytes of UTF-8 travel inside an entry, and more as a blob", () => {
  const pile = "👩‍👩‍👧"; // 18 bytes, 8 UTF-16 units
  const most = pile.repeat(1_820) + "12345678";
  expect(utf8(most).length).toBe(TEXT_BYTES_MAX);
  expect(checkLongText(most)).toEqual({ ok: true, value: { text: most, whole: null } });
  expect(checkLongText(`${most}9`)).toMatchObject({ value: { whole: utf8(`${most}9`) } });
});

test.each([
  ["nothing", ""],
  ["white space", " \t\r\n\u00A0\u2003\u3000"],
  ["what has no width", "\u200B\u200D\u2060\uFEFF"],
  ["fillers that look blank", "\u3164\u115F\u2800\uFFA0"],
  ["controls and marks of direction", "\u0000\u001B\u202E\u2066"],
  ["a variation selector", "\uFE0F"],
])("[TX2] refuses a text of %s alone", (_, text) => {
  expect(checkLongText(text)).toEqual({ ok: false, error: { type: "TextEmpty" } });
});

test("[TX2] one visible character is a text, and white space around it stays", () => {
  const kept = checkLongText("  \n.\n ");
  expect(kept).toEqual({ ok: true, value: { text: "  \n.\n ", whole: null } });
});

test("[TX3] lone surrogates become U+FFFD, leading BOMs go, all else stays", () => {
  const checked = checkLongText("\uFEFF\uFEFFa\uD83D b\uFEFF");
  expect(checked).toEqual({ ok: true, value: { text: "a\uFFFD b\uFEFF", whole: null } });
});

test("[TX3] whatever passes can be signed, and reads the same on the other side", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 60 }), (typed) => {
      const checked = checkLongText(typed);
      if (!checked.ok) return;
      const { text } = checked.value;
      expect(checkLongText(text)).toEqual(checked);
      const body = decodeBody(1, encodeMessage({ text }));
      expect(body).toMatchObject({ ok: true, value: { type: "message", text } });
    }),
    { numRuns: 500 },
  );
});
