import { expect, test } from "vitest";

import { pluralOf } from "../../../app/text/plural.ts";

test("[APL1] takes the form that the language has for the number, grouped as it does", () => {
  const english = pluralOf("en");
  const forms = { one: "# message", other: "# messages" };
  expect([0, 1, 2, 1_500].map((count) => english(count, forms))).toEqual([
    "0 messages",
    "1 message",
    "2 messages",
    "1,500 messages",
  ]);
  const polish = pluralOf("pl");
  const polishForms = { one: "#a", few: "#b", many: "#c", other: "#d" };
  expect([1, 3, 5].map((count) => polish(count, polishForms))).toEqual(["1a", "3b", "5c"]);
});

test("[APL2] falls back to `other` where the catalogue lacks a form", () => {
  expect(pluralOf("pl")(3, { other: "# x" })).toBe("3 x");
});
