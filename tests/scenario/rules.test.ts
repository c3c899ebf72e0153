import { readdirSync, readFileSync } from "node:fs";

import { expect, test } from "vitest";

const ROOT = new URL("../../", import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, ROOT), "utf8");
/** Of other rooms, with tests of their own that hold them to their rules. */
const OTHERS = new Set(["crypto.md", "wire.md", "simulator.md"]);
const DOCS = readdirSync(new URL("docs/protocol", ROOT))
  .filter((name) => name.endsWith(".md") && !OTHERS.has(name))
  .map((name) => `docs/protocol/${name}`);

/** Rules that a document states: "- **[AP1]** …", or "| [AP1] | …". */
const statedIn = (path: string): readonly string[] =>
  [...read(path).matchAll(/^(?:- \*\*|\| )\[([A-Z]{2}\d+)\](?:\*\*| )/gmu)].map(
    (it) => it[1] ?? "",
  );

/** Rules that a text names; "[AP1] to [AP3]" and "[AP1]–[AP3]" name all three. */
function namedIn(text: string): readonly string[] {
  const joined = text.replaceAll(/\s*\n\s*\*?\s*/gu, " ");
  const whole = joined.replaceAll(
    /\[([A-Z]{2})(\d+)\](?: to |–)\[\1(\d+)\]/gu,
    (_, kind: string, from: string, to: string) =>
      Array.from({ length: Number(to) - Number(from) + 1 }, (_skipped, n) => {
        return `[${kind}${Number(from) + n}]`;
      }).join(" "),
  );
  return [...whole.matchAll(/\[([A-Z]{2}\d+)\]/gu)].map((it) => it[1] ?? "");
}

const filesUnder = (folder: string, end: string): readonly string[] =>
  readdirSync(new URL(folder, ROOT), { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(end))
    .map((path) => `${folder}/${path}`);

const stated = DOCS.flatMap(statedIn);

test("[DV5] each rule of the sync documents is stated once, and shown by a test", () => {
  expect(stated.length).toBeGreaterThan(150);
  expect(stated.filter((rule, n) => stated.indexOf(rule) !== n)).toEqual([]);
  const titles = ["tests/sync", "tests/scenario", "tests/vectors/sync", "tests/contract"]
    .flatMap((folder) => filesUnder(folder, ".ts"))
    .map(read)
    .join("\n")
    .split("\n")
    .filter((line) => /["`]\[[A-Z]{2}\d+\]/u.test(line));
  const shown = new Set(namedIn(titles.join("\n")));
  expect(stated.filter((rule) => !shown.has(rule))).toEqual([]);
});

test("[DV5] each rule that the code of sync/ names is stated", () => {
  const known = new Set([...stated, ...namedIn(read("docs/protocol/crypto.md"))]);
  const wire = new Set(namedIn(read("docs/protocol/wire.md")));
  const unknown = filesUnder("sync", ".ts")
    // The store states its own contract, in its header.
    .filter((path) => !path.startsWith("sync/store/"))
    .flatMap((path) => namedIn(read(path)).map((rule) => ({ path, rule })))
    .filter(({ rule }) => !known.has(rule) && !wire.has(rule));
  expect(unknown).toEqual([]);
});
