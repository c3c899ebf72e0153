/** What the documents point to is there: files by their links, tests by their rules. */
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";

import { expect, test } from "vitest";

import { ROOT, textFiles } from "./files.ts";

const documents = textFiles.filter(({ path }) => path.endsWith(".md"));
const tests = textFiles.filter(({ path }) => /^tests\/.*\.tsx?$/u.test(path));

test("[TD7] every link to a file of ours leads to one", () => {
  const dead = documents.flatMap(({ path, lines }) =>
    lines.flatMap((line, index) =>
      [...line.matchAll(/\]\((?!https?:|#)([^)#\s]+)/gu)]
        .map(([, target = ""]) => target)
        .filter((target) => !existsSync(join(ROOT, dirname(path), target)))
        .map((target) => `${path}:${index + 1}: ${target} is not there`),
    ),
  );
  expect(documents.length).toBeGreaterThan(10);
  expect(dead).toEqual([]);
});

test("[TD8] every rule that a document names is named by a test", () => {
  const named = new Set(
    tests.flatMap(({ lines }) => lines.join("\n").match(/\[[A-Z]{2}\d+\]/gu) ?? []),
  );
  const bare = documents
    .filter(({ path }) => path.startsWith("docs/") && !path.startsWith("docs/decisions/"))
    .flatMap(({ path, lines }) =>
      lines.flatMap((line, index) =>
        (line.match(/\[[A-Z]{2}\d+\]/gu) ?? [])
          .filter((rule) => !named.has(rule))
          .map((rule) => `${path}:${index + 1}: no test names ${rule}`),
      ),
    );
  expect(named.size).toBeGreaterThan(200);
  expect(bare).toEqual([]);
});
