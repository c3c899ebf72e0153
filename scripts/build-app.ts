/**
 * Builds the app into dist/ when its sources are not those of the last build. Run as a program
 * (`node scripts/build-app.ts`) or called by whatever serves, measures or tests the build.
 */
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { runChild } from "./child.ts";

const ROOT = join(import.meta.dirname, "..");
const STAMP = join(ROOT, "dist/.sources");
/** All that a byte of the build can come from. */
const SOURCES: readonly string[] = [
  "app",
  "crypto",
  "sync",
  "vite.config.ts",
  "tsconfig.base.json",
  "package-lock.json",
];

/** Leaves dist/ current. False: the build failed, and its words are on standard error. */
export async function buildApp(): Promise<boolean> {
  const wanted = await sourcesHash(ROOT, SOURCES);
  const built = existsSync(STAMP) ? await readFile(STAMP, "utf8") : "";
  if (built === wanted && existsSync(join(ROOT, "dist/service-worker.js"))) return true;
  process.stderr.write("Building the app …\n");
  // In a process of its own: the builder's memory is gone when the relay runs. NODE_ENV decides
  // which React is built in, and a shell's setting must not.
  const done = await runChild("vite", ["build", "--logLevel", "warn"], {
    env: { NODE_ENV: "production", VITEST: undefined },
  });
  if (done.code !== 0) {
    process.stderr.write(`${done.output}\nThe app could not be built.\n`);
    return false;
  }
  // Last, so that a build that was broken off is not taken for a finished one.
  await writeFile(STAMP, wanted);
  return true;
}

/** SHA-256 in hex over the names and bytes of every file at or below `paths`. */
export async function sourcesHash(root: string, paths: readonly string[]): Promise<string> {
  const hash = createHash("sha256");
  for (const path of paths) {
    for (const file of await filesBelow(root, path)) {
      const bytes = await readFile(join(root, file));
      hash.update(`${file}\0${bytes.length}\0`).update(bytes);
    }
  }
  return hash.digest("hex");
}

async function filesBelow(root: string, path: string): Promise<readonly string[]> {
  const full = join(root, path);
  if (!existsSync(full)) return [];
  const entries = await readdir(full, { withFileTypes: true, recursive: true }).catch(() => null);
  if (entries === null) return [path];
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
    .toSorted();
}

if (import.meta.main) process.exitCode = (await buildApp()) ? 0 : 1;
