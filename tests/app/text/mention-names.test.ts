import fc from "fast-check";
import { expect, test } from "vitest";

import { foundMentions, nameBefore, suggested } from "../../../app/text/mention-names.ts";
import { MENTIONS_MAX } from "../../../sync/entry/plain-message.ts";

const bob = { account: "b", name: "Bob" };
const bobby = { account: "bb", name: "Bob Baker" };
const eva = { account: "e", name: "Éva 🙂" };
const PEOPLE = [bob, bobby, eva];
const none = new Map<string, string>();

const namedIn = (text: string, people = PEOPLE, chosen: ReadonlyMap<string, string> = none) =>
  foundMentions(text, people, chosen).map(({ account, start, length }) => [
    account,
    text.slice(start, start + length),
  ]);

test("[AMF1] the longest name behind an @ that begins a word is meant", () => {
  expect(namedIn("@Bob, ask @Bob Baker or (@Éva 🙂)")).toEqual([
    ["b", "@Bob"],
    ["bb", "@Bob Baker"],
    ["e", "@Éva 🙂"],
  ]);
  expect(namedIn("a@Bob @Bobs @bob @ Bob @")).toEqual([]);
  expect(namedIn("@Bob\n@Bob")).toHaveLength(2);
});

test("[AMF2] of two of one name the chosen one is meant, else nobody", () => {
  const other = { account: "x", name: "Bob" };
  expect(namedIn("@Bob", [bob, other])).toEqual([]);
  expect(namedIn("@Bob", [bob, other], new Map([["Bob", "x"]]))).toEqual([["x", "@Bob"]]);
});

test("[AMF1] whatever is typed, mentions lie in the text, are few, and come in order", () => {
  const text = fc.array(fc.constantFrom("@", "Bob", " Baker", " ", "🙂", "Éva ", "\n"), {
    maxLength: 200,
  });
  fc.assert(
    fc.property(text, (parts) => {
      const whole = parts.join("");
      const found = foundMentions(whole, PEOPLE, none);
      expect(found.length).toBeLessThanOrEqual(MENTIONS_MAX);
      let end = 0;
      for (const { start, length } of found) {
        expect(start).toBeGreaterThanOrEqual(end);
        end = start + length;
        expect(end).toBeLessThanOrEqual(whole.length);
        expect(whole[start]).toBe("@");
      }
    }),
  );
  expect(namedIn("@Bob ".repeat(20_000))).toHaveLength(MENTIONS_MAX);
});

test("[AMF3] who has a word that begins so comes while a name is typed", () => {
  const typed = (text: string): readonly string[] => {
    const at = nameBefore(text, text.length);
    return at === null ? [] : suggested(PEOPLE, at.query).map(({ name }) => name);
  };
  expect(typed("hey @")).toEqual(["Bob", "Bob Baker", "Éva 🙂"]);
  expect(typed("@bak")).toEqual(["Bob Baker"]);
  expect(typed("@EVA")).toEqual(["Éva 🙂"]);
  expect(typed("@Bob B")).toEqual(["Bob Baker"]);
  for (const text of ["hey", "a@b", "@ Bob", "@Bob\n", "@Bob  x", `@${"x".repeat(50)}`]) {
    expect(typed(text)).toEqual([]);
  }
});
