/**
 * Builds the app into dist/ when its sources are not those of the last build. Run as a program
 * (`node scripts/build-app.ts`) or called by whatever serves, measures or tests the build. It is built
 * elsewhere and put in its place when it is whole, so a relay that starts meanwhile reads the old one.
 */
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { runChild } from "./child.ts";

const ROOT = join(import.meta.dirname, "..");
const DIST = join(ROOT, "dist");
/** In the build itself: the hash of its sources. */
const STAMP_FILE = ".sources";
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
  const stamp = join(DIST, STAMP_FILE);
  const built = existsSync(stamp) ? await readFile(stamp, "utf8") : "";
  if (built === wanted && existsSync(join(DIST, "service-worker.js"))) return true;
  process.stderr.write("Building the app …\n");
  // On the same disk, and nobody else's: two builds at a time do not see each other.
  const next = join(ROOT, `node_modules/.kith-build-${process.pid}`);
  const args = ["build", "--logLevel", "warn", "--outDir", next, "--emptyOutDir"];
  // In a process of its own: the builder's memory is gone when the relay runs. NODE_ENV decides
  // which React is built in, and a shell's setting must not.
  const done = await runChild("vite", args, {
    env: { NODE_ENV: "production", VITEST: undefined },
  });
  if (done.code !== 0) {
    await rm(next, { recursive: true, force: true });
    process.stderr.write(`${done.output}\nThe app could not be built.\n`);
    return false;
  }
  await writeFile(join(next, STAMP_FILE), wanted);
  await putInPlace(next, DIST);
  return true;
}

/** How often another build may come between. */
const PUT_TRIES_MAX = 5;

/** `next` becomes `current` as a whole; what was there is removed. */
export async function putInPlace(next: string, current: string): Promise<void> {
  const old = `${next}.old`;
  for (let tries = 1; ; tries += 1) {
    await rename(current, old).catch(ignore("ENOENT"));
    const isThere = await rename(next, current).then(() => true, ignore("ENOTEMPTY", "EEXIST"));
    await rm(old, { recursive: true, force: true });
    if (isThere === true) return;
    if (tries === PUT_TRIES_MAX) throw new Error(`${current} is replaced by others all the time`);
  }
}

const ignore =
  (...codes: readonly string[]) =>
  (error: NodeJS.ErrnoException): void => {
    if (!codes.includes(error.code ?? "")) throw error;
  };

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
