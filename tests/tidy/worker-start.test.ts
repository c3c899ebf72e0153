/**
 * A worker whose modules wait at their top level misses the first `connect`, `push` or `fetch`:
 * the browser delivers it before the listeners are there. So no module that such an entry imports
 * statically, of ours or of a package, may wait. The bundler finds them as the browser would.
 */
import { globSync } from "node:fs";
import { join } from "node:path";

import { parseSync } from "vite";
import { expect, test } from "vitest";

import { type Chunk, staticChunks } from "./chunks.ts";
import { ROOT } from "./files.ts";

const BUILD_MAX_MS = 60_000;

const entries = globSync(
  [
    "app/{engine,features/recovery}/*-worker.ts",
    "app/engine/worker.ts",
    "app/service-worker/service-worker.ts",
  ],
  { cwd: ROOT },
);

test("[WS1] the entries are found", () => {
  expect(entries).toContain("app/service-worker/service-worker.ts");
});

test.each(entries)(
  "[WS2] %s waits for nothing before it listens",
  { timeout: BUILD_MAX_MS },
  async (entry) => {
    expect(topLevelWaits(await staticChunks(join(ROOT, entry)))).toEqual([]);
  },
);

test("[WS3] a wait at the top level is seen, one in a function is not", () => {
  const waits = [
    "await x",
    "const a = [await x]",
    "for await (const a of b) {}",
    "await using a = x",
  ];
  const none = [
    "async () => await x",
    "class A { async b() { for await (const c of d) {} } }",
    "import('x')",
  ];
  expect(waits.filter((code) => topLevelWaits([{ fileName: "a.js", code }]).length !== 1)).toEqual(
    [],
  );
  expect(none.flatMap((code) => topLevelWaits([{ fileName: "a.js", code }]))).toEqual([]);
});

type Code = Pick<Chunk, "fileName" | "code">;

function topLevelWaits(chunks: readonly Code[]): readonly string[] {
  return chunks.flatMap(({ fileName, code }) =>
    waitsBelow(parseSync(fileName, code).program.body).map(
      (start) => `${fileName}: ${code.slice(start, start + 80).split("\n")[0]}`,
    ),
  );
}

/** Offsets of what waits at or below `node`, not looking into functions. */
function waitsBelow(node: unknown): readonly number[] {
  if (Array.isArray(node)) return node.flatMap(waitsBelow);
  if (typeof node !== "object" || node === null) return [];
  const { type, start, await: waits, kind } = node as Record<string, unknown>;
  if (typeof type === "string" && /Function/u.test(type)) return [];
  const here =
    type === "AwaitExpression" ||
    (type === "ForOfStatement" && waits === true) ||
    (type === "VariableDeclaration" && kind === "await using");
  return [...(here ? [Number(start)] : []), ...Object.values(node).flatMap(waitsBelow)];
}
