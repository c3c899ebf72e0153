/**
 * What the documents point to is there: files by their links, tests by their rules. And a rule is
 * stated in one place, under letters that are used nowhere else.
 */
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";

import { expect, test } from "vitest";

import { ROOT, textFiles } from "./files.ts";

const RULE = /\[[A-Z]{2,3}\d+\]/gu;

const documents = textFiles.filter(({ path }) => path.endsWith(".md"));
const tests = textFiles.filter(({ path }) => /^tests\/.*\.tsx?$/u.test(path));

test("[DC1] every link to a file of ours leads to one", () => {
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

test("[DC2] every rule that a document names is named by a test", () => {
  const named = new Set(tests.flatMap(({ lines }) => lines.join("\n").match(RULE) ?? []));
  const bare = documents
    .filter(({ path }) => path.startsWith("docs/") && !path.startsWith("docs/decisions/"))
    .flatMap(({ path, lines }) =>
      lines.flatMap((line, index) =>
        (line.match(RULE) ?? [])
          .filter((rule) => !named.has(rule))
          .map((rule) => `${path}:${index + 1}: no test names ${rule}`),
      ),
    );
  expect(named.size).toBeGreaterThan(200);
  expect(bare).toEqual([]);
});

type Named = { readonly rule: string; readonly letters: string; readonly path: string };

const namedOn = (path: string, text: string): readonly Named[] =>
  (text.match(RULE) ?? []).map((rule) => ({
    rule,
    letters: rule.replaceAll(/[^A-Z]/gu, ""),
    path,
  }));

/** A document states a rule in bold; without bold it only points to it. */
const stated = documents
  .filter(({ path }) => path.startsWith("docs/protocol/"))
  .flatMap(({ path, lines }) =>
    lines.flatMap((line) =>
      (line.match(/\*\*[^*]*\*\*/gu) ?? []).flatMap((bold) => namedOn(path, bold)),
    ),
  );

/** The rules of the app stand in the sources that keep them. */
const ofTheApp = textFiles
  .filter(({ path }) => /^app\/.*\.tsx?$/u.test(path))
  .flatMap(({ path, lines }) => namedOn(path, lines.join("\n")));

test("[DC3] a rule is stated once, and its letters are of one place", () => {
  const rules = stated.map(({ rule }) => rule);
  expect(rules.length).toBeGreaterThan(300);
  expect(rules.filter((rule, i) => rules.indexOf(rule) !== i)).toEqual([]);
  const placesOf = Map.groupBy([...stated, ...ofTheApp], ({ letters }) => letters);
  const shared = [...placesOf]
    .map(([letters, named]) => ({ letters, paths: new Set(named.map(({ path }) => path)) }))
    .filter(({ paths }) => paths.size > 1)
    .map(({ letters, paths }) => `${letters}: ${[...paths].join(", ")}: give each its letters`);
  expect(shared).toEqual([]);
});

test("[DC4] the app's rules have three letters, the first an A, and no other room has such", () => {
  const isOfTheApp = (letters: string): boolean => /^A[A-Z]{2}$/u.test(letters);
  expect(ofTheApp.length).toBeGreaterThan(50);
  expect(ofTheApp.filter(({ letters }) => !isOfTheApp(letters))).toEqual([]);
  const others = textFiles
    .filter(({ path }) => /^(?:(?:tests\/)?(?:crypto|sync|relay)|docs)\//u.test(path))
    .flatMap(({ path, lines }) => namedOn(path, lines.join("\n")));
  expect(others.filter(({ letters }) => isOfTheApp(letters))).toEqual([]);
});

test("[DC5] every rule that the app states is named by a test", () => {
  const named = new Set(
    tests.flatMap(({ path, lines }) => namedOn(path, lines.join("\n"))).map(({ rule }) => rule),
  );
  expect(ofTheApp.filter(({ rule }) => !named.has(rule))).toEqual([]);
});
