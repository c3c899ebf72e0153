/**
 * What no linter says about the sources, said as tests. Each finding reads
 * `path:line: what to do`, so a red run is a list to work through.
 */
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";

import { expect, test } from "vitest";

import { findings, ROOT, type SourceFile, sources, textFiles } from "./files.ts";

const FILE_LINES_MAX = 400;

/** This file spells out what it looks for. */
const othersOf = (files: readonly SourceFile[]): readonly SourceFile[] =>
  files.filter(({ path }) => path !== "tests/tidy/tidy.test.ts");

const others = othersOf(sources);

test("[TD1] a file is short enough to read in one sitting", () => {
  const long = sources.filter(({ lines }) => lines.length > FILE_LINES_MAX);
  expect(long.map(({ path, lines }) => `${path}: ${lines.length} lines, split it`)).toEqual([]);
});

test("[TD2] every test file mirrors a source file, or belongs to a room of tests/", () => {
  const rooms = /^tests\/(?:bench|contract|e2e|scenario|sim|tidy|vectors)\//u;
  const orphans = sources
    .map(({ path }) => path)
    .filter((path) => /^tests\/.*\.test\.tsx?$/u.test(path) && !rooms.test(path))
    .filter((path) => {
      const mirrored = path.replace(/^tests\//u, "").replace(/\.test\.tsx?$/u, "");
      return !["ts", "tsx", "mjs"].some((ext) => existsSync(join(ROOT, `${mirrored}.${ext}`)));
    });
  expect(orphans).toEqual([]);
});

test("[TD3] every test names the rule it proves", () => {
  const bare = findings(sources, (line) =>
    /^\s*test(?:\.each\(.*\))?\((?:["'`])(?!\[[A-Z]+\d+\] )/u.test(line)
      ? "name the rule it proves: [XX1] …"
      : undefined,
  );
  expect(bare).toEqual([]);
});

test("[TD4] casts to a brand stay in the folder that makes the brand, or in tests", () => {
  const makerOf = new Map<string, string>();
  for (const { path, lines } of sources) {
    for (const line of lines) {
      const made = /export type (\w+) = Brand</u.exec(line)?.[1];
      if (made !== undefined) makerOf.set(made, dirname(path));
    }
  }
  const strays = findings(sources, (line, path) => {
    if (path.startsWith("tests/") || /^\s*(?:\*|\/|import\b)/u.test(line)) return undefined;
    const cast = [...line.matchAll(/\bas (\w+)\b/gu)]
      .map(([, name]) => name ?? "")
      .find((name) => makerOf.has(name) && makerOf.get(name) !== dirname(path));
    return cast === undefined ? undefined : `cast to ${cast} outside ${makerOf.get(cast)}/`;
  });
  expect(strays).toEqual([]);
});

test("[TD5] nothing is left over: no marker, no switched-off or singled-out test, no sleep", () => {
  const leftOver = findings(others, (line) => {
    if (/\b(?:TODO|FIXME|XXX|HACK)\b/u.test(line)) return "do it, or say it in an issue";
    if (/\b(?:test|describe|it)(?:\.\w+)*\.only\(/u.test(line)) return "take the .only away";
    if (/\b(?:test|describe|it)\.(?:skip|fixme|todo|fails)\(\s*["'`]/u.test(line)) {
      return "mend the test or delete it";
    }
    if (/\bwaitForTimeout\(|\bretr(?:y|ies): *[1-9]/u.test(line)) {
      return "wait for what is meant to happen";
    }
    return undefined;
  });
  expect(leftOver).toEqual([]);
});

test("[TD6] a rule is switched off only with a reason beside it", () => {
  const silent = findings(others, (line) => {
    if (/@ts-(?:ignore|nocheck)/u.test(line)) return "use @ts-expect-error with a reason, or none";
    const off = /(?:oxlint|eslint)-disable|@ts-expect-error/u.test(line);
    return off && !/-- \S+ \S+|@ts-expect-error:? \S+ \S+/u.test(line) ? "say why" : undefined;
  });
  expect(silent).toEqual([]);
});

test("[TD7] nothing names the machine it was written on", () => {
  const machine =
    /(?<![\w.])\/(?:work|root|home)\/|\.\.\/shared\/(?!vectors)|\.\.\/\.library|registry\.npmjs/u;
  const named = findings(othersOf(textFiles), (line) =>
    machine.test(line) ? "name no machine" : undefined,
  );
  expect(named).toEqual([]);
});

test("[TD8] no module of the app waits at its top level", () => {
  // Why: tests/tidy/worker-start.test.ts, which sees packages too, but only what a worker imports.
  const waits = findings(
    sources.filter(({ path }) => /^(?:crypto|sync|app)\//u.test(path)),
    (line) =>
      /^(?:(?:export )?(?:const|let) .*= )?await\b|^for await\b/u.test(line)
        ? "export a promise, which whoever starts awaits"
        : undefined,
  );
  expect(waits).toEqual([]);
});
