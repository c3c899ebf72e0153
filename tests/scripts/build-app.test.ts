import { mkdir, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, expect, test } from "vitest";

import { sourcesHash } from "../../scripts/build-app.ts";

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "kith-sources-"));
  await mkdir(join(root, "app/ui"), { recursive: true });
  await writeFile(join(root, "app/ui/a.ts"), "a");
  await writeFile(join(root, "config.ts"), "c");
});
afterEach(async () => {
  await rm(root, { recursive: true });
});

const PATHS = ["app", "config.ts", "absent"];

test("[BA1] the same sources have the same hash", async () => {
  expect(await sourcesHash(root, PATHS)).toBe(await sourcesHash(root, PATHS));
});

test("[BA2] changed bytes, a new name and a new file change the hash", async () => {
  const before = await sourcesHash(root, PATHS);
  const seen = new Set([before]);
  await writeFile(join(root, "app/ui/a.ts"), "b");
  seen.add(await sourcesHash(root, PATHS));
  await rename(join(root, "app/ui/a.ts"), join(root, "app/ui/b.ts"));
  seen.add(await sourcesHash(root, PATHS));
  await writeFile(join(root, "app/new.ts"), "");
  seen.add(await sourcesHash(root, PATHS));
  expect(seen.size).toBe(4);
});

test("[BA3] what lies beside the sources does not matter", async () => {
  const before = await sourcesHash(root, PATHS);
  await writeFile(join(root, "README.md"), "x");
  expect(await sourcesHash(root, PATHS)).toBe(before);
});
