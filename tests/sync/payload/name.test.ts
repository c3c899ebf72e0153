import fc from "fast-check";
import { expect, test } from "vitest";

import { utf8 } from "../../../crypto/base/bytes.ts";
import { NAME_BYTES_MAX } from "../../../crypto/identity/introduction.ts";
import { NAME_CHARS_MAX } from "../../../sync/payload/limits.ts";
import { cleanName } from "../../../sync/payload/name.ts";

test.each([
  ["white space around and within", "  Ada \t\n Lovelace ", "Ada Lovelace"],
  ["line and paragraph separators", "Ada\u2028Lovelace\u2029", "Ada Lovelace"],
  ["a letter and its accent apart", "Zoe\u0308", "Zo\u00EB"],
  ["an accent behind an invisible space", "Zoe\u200B\u0308", "Zo\u00EB"],
  ["an override of direction", "\u202Egnp.exe\u202C", "gnp.exe"],
  ["isolates and marks of direction", "\u2066a\u2069\u200Fb\u061C", "ab"],
  ["control characters", "A\u0000d\u001Ba\u007F\u0085", "Ada"],
  ["word joiners and BOMs", "\uFEFFA\u2060da", "Ada"],
  ["a lone surrogate", "A\uD800", "A\uFFFD"],
])("[NM1] neutralises %s", (_, typed, name) => {
  expect(cleanName(typed)).toEqual({ ok: true, value: name });
});

test.each([
  ["a family of joined emoji", "👩‍👩‍👧‍👦"],
  ["the flag of Wales, made of tags", "🏴󠁧󠁢󠁷󠁬󠁳󠁿"],
  ["Persian with a non-joiner", "می‌خواهم"],
  ["right-to-left letters", "דנה"],
])("[NM1] leaves %s alone", (_, name) => {
  expect(cleanName(name)).toEqual({ ok: true, value: name });
});

test.each([
  ["nothing", ""],
  ["white space", " \n\u00A0\u3000"],
  ["invisible characters", "\u200B\u2060\u202E\uFEFF"],
  ["joiners and fillers", "\u200D\u3164\u2800\uFE0F"],
])("[NM2] refuses %s", (_, typed) => {
  expect(cleanName(typed)).toEqual({ ok: false, error: { type: "NameEmpty" } });
});

test("[NM2] sixty-four characters are a name, sixty-five are not, whatever their width", () => {
  const longest = "𝒜".repeat(NAME_CHARS_MAX);
  expect(cleanName(` ${longest} `)).toEqual({ ok: true, value: longest });
  const error = { type: "NameTooLong", limit: NAME_CHARS_MAX };
  expect(cleanName(`${longest}a`)).toEqual({ ok: false, error });
});

test("[NM3] cleaning twice changes nothing, and every name fits an introduction", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 70 }), (typed) => {
      const name = cleanName(typed);
      if (!name.ok) return;
      expect(cleanName(name.value)).toEqual(name);
      expect(utf8(name.value).length).toBeLessThanOrEqual(NAME_BYTES_MAX);
    }),
    { numRuns: 2_000 },
  );
});
