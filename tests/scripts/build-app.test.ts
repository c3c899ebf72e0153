import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, expect, test } from "vitest";

import { putInPlace, sourcesHash } from "../../scripts/build-app.ts";

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

test("[BA4] a new build takes the place of the old one whole, and of none", async () => {
  const built = async (name: string): Promise<string> => {
    const next = join(root, `next-${name}`);
    await mkdir(next);
    await writeFile(join(next, `${name}.js`), name);
    await writeFile(join(next, "index.html"), name);
    return next;
  };
  const dist = join(root, "dist");
  for (const name of ["first", "second"]) {
    await putInPlace(await built(name), dist);
    expect(await readdir(dist)).toEqual([`${name}.js`, "index.html"].toSorted());
    expect(await readFile(join(dist, "index.html"), "utf8")).toBe(name);
  }
  // Two that end together: one of them is there, and nothing of the other.
  await Promise.all(
    [built("third"), built("fourth")].map(async (it) => putInPlace(await it, dist)),
  );
  expect(await readdir(dist)).toHaveLength(2);
  expect((await readdir(root)).toSorted()).toEqual(["app", "config.ts", "dist"]);
});
