import { expect, test } from "vitest";

import { MATCHES_MAX, matchingChats } from "../../../../app/features/switcher/matching.ts";

const chats = ["Note to self", "Bob", "Łukasz Öztürk", "Rob Bond", "Jakob", "Zoë"].map(
  (name, i) => ({ c: i + 1, name }),
);
const found = (query: string, openC: number | null = null): readonly string[] =>
  matchingChats(chats, query, openC).map(({ name }) => name);

test("[AMA1] who begins so comes first, then words that do, then the rest, whatever the case", () => {
  expect(found("bo")).toEqual(["Bob", "Rob Bond"]);
  expect(found("ob")).toEqual(["Bob", "Rob Bond", "Jakob"]);
  expect(found(" ZOE ")).toEqual(["Zoë"]);
  expect(found("ozt")).toEqual(["Łukasz Öztürk"]);
  expect(found("nobody")).toEqual([]);
});

test("[AMA2] without a word they come as listed, the open one last, and never too many", () => {
  expect(found("", 1)).toEqual([...chats.slice(1).map(({ name }) => name), "Note to self"]);
  expect(found("", null)).toEqual(chats.map(({ name }) => name));
  const many = Array.from({ length: MATCHES_MAX + 9 }, (_, i) => ({ c: i + 1, name: "Bob" }));
  expect(matchingChats(many, "b", null)).toHaveLength(MATCHES_MAX);
});
