/** The catalogue holds what is shown, and nothing else (docs/decisions/0045-a-typed-catalogue.md). */
import { expect, test } from "vitest";

import { en } from "../../app/text/en.ts";
import { LANGUAGES } from "../../app/text/texts.ts";
import { sources } from "./files.ts";

type Leaf = { readonly path: string; readonly text: unknown };

/** Every sentence with the names that lead to it: `chats.unread`. */
const leavesOf = (value: object, above = ""): readonly Leaf[] =>
  Object.entries(value).flatMap(([name, text]: [string, unknown]) =>
    typeof text === "object" && text !== null
      ? leavesOf(text, `${above}${name}.`)
      : [{ path: `${above}${name}`, text }],
  );

const screens = sources
  .filter(({ path }) => /^app\/.*\.tsx?$/u.test(path) && !/^app\/text\/(?:en|de)\.ts$/u.test(path))
  .map(({ lines }) => lines.join("\n"));

/** Groups that are asked for by a value, not by a name: `texts().states[state]`. */
const BY_VALUE = [
  "states",
  "settings.themes",
  "settings.accents",
  "groups.histories",
  "groups.links.over",
  "groups.lines.history",
];

/**
 * The name is asked for in a source that also asks for its group: `words.name`, `{ name } = …`, or a
 * notice's type that is the name of its sentence.
 */
function isUsed(path: string): boolean {
  const name = path.split(".").at(-1) ?? "";
  const group = path.includes(".") ? (path.split(".")[0] ?? "") : "texts";
  const asksForGroup = new RegExp(`\\.${group}\\b|\\b${group}\\(\\)|[{,]\\s*${group}\\s*[,}]`, "u");
  const asksForName = new RegExp(`\\.${name}\\b|[{,]\\s*${name}\\s*[,}:]|"${name}"`, "u");
  return screens.some((text) => asksForGroup.test(text) && asksForName.test(text));
}

test("[CT1] every text is used", () => {
  const paths = leavesOf(en).map(({ path }) => path);
  const dead = paths
    .filter((path) => !BY_VALUE.some((group) => path.startsWith(`${group}.`)))
    .filter((path) => !isUsed(path));
  expect(paths.length).toBeGreaterThan(150);
  expect(dead).toEqual([]);
  expect(isUsed("chats.nobodyAsksForThis")).toBe(false);
});

test("[CT2] every language says all of it, and leaves nothing empty", () => {
  const names = leavesOf(en).map(({ path }) => path);
  for (const catalogue of Object.values(LANGUAGES)) {
    const leaves = leavesOf(catalogue);
    expect(leaves.map(({ path }) => path).toSorted()).toEqual(names.toSorted());
    expect(leaves.filter(({ text }) => typeof text === "string" && text.trim() === "")).toEqual([]);
  }
});
