/** How much a person downloads: the build in dist/, each file on its own through gzip -9. */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

import { assert } from "../../crypto/base/assert.ts";
import { type Figure, figure } from "./figure.ts";

const DIST = join(import.meta.dirname, "../../dist");
const ENTRY_MAX_KB = 230;
const WORKER_MAX_KB = 240;
const PRECACHE_MAX_KB = 1200;

export async function figures(): Promise<readonly Figure[]> {
  return [
    figure("entry JS, gzip", await kilobytesOf(await entryScripts()), "KB", ENTRY_MAX_KB),
    figure("worker JS, gzip", await kilobytesOf(await workerScripts()), "KB", WORKER_MAX_KB),
    figure("whole precache, gzip", await kilobytesOf(await precached()), "KB", PRECACHE_MAX_KB),
  ];
}

/** What index.html loads before it can paint. */
async function entryScripts(): Promise<readonly string[]> {
  const page = await readFile(join(DIST, "index.html"), "utf8");
  return [...page.matchAll(/(?:src|href)="\/([^"]+\.js)"/gu)].map(([, path]) => path ?? "");
}

/** The engine and its chunks: the build gives them a folder of their own. */
async function workerScripts(): Promise<readonly string[]> {
  const names = await readdir(join(DIST, "assets/worker"));
  return names.map((name) => `assets/worker/${name}`);
}

/** What the service worker stores when it is installed, and the service worker itself. */
async function precached(): Promise<readonly string[]> {
  const worker = await readFile(join(DIST, "service-worker.js"), "utf8");
  const listed = [...worker.matchAll(/\{"revision":[^,]+,"url":"([^"]+)"\}/gu)];
  assert(listed.length > 0, "the service worker holds its list");
  return ["service-worker.js", ...listed.map(([, path]) => path ?? "")];
}

/** 1 KB = 1024 bytes. */
async function kilobytesOf(paths: readonly string[]): Promise<number> {
  assert(paths.length > 0, "the build has such files");
  const bytes = await Promise.all(paths.map(async (path) => await readFile(join(DIST, path))));
  return bytes.reduce((sum, file) => sum + gzipSync(file, { level: 9 }).length, 0) / 1024;
}
