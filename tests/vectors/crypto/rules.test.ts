import { readdirSync, readFileSync } from "node:fs";

import { expect, test } from "vitest";

const ROOT = new URL("../../../", import.meta.url);
const RULE = /\[([A-Z]{2}\d+)\]/gu;

/** The rules of a text; "[AE1]–[AE5]" names all five. */
function rulesOf(text: string): Set<string> {
  const whole = text.replaceAll(/\[([A-Z]{2})(\d+)\]–\[\1(\d+)\]/gu, (_, kind, from, to) =>
    Array.from({ length: to - from + 1 }, (_skipped, i) => `[${kind}${Number(from) + i}]`).join(" "),
  );
  return new Set([...whole.matchAll(RULE)].map((found) => found[1]!));
}

const testsUnder = (folder: string): string[] =>
  readdirSync(new URL(folder, ROOT), { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".test.ts"))
    .map((path) => readFileSync(new URL(`${folder}/${path}`, ROOT), "utf8"))
    .flatMap((source) => source.split("\n").filter((line) => /\btest[.(]|\)\(["`]\[/u.test(line)));

test("[KA3] docs/protocol/crypto.md and the tests of crypto/ name the same rules", () => {
  const told = rulesOf(readFileSync(new URL("docs/protocol/crypto.md", ROOT), "utf8"));
  const judged = ["xwing", "wycheproof"].map((name) =>
    readFileSync(new URL(`tests/vectors/${name}.test.ts`, ROOT), "utf8"),
  );
  const lines = ["tests/crypto", "tests/vectors/crypto"].flatMap(testsUnder);
  const shown = rulesOf([...lines, ...judged].join("\n"));
  expect(told.size).toBeGreaterThan(100);
  expect([...told].toSorted()).toEqual([...shown].toSorted());
});
