import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { brotliDecompressSync, gunzipSync } from "node:zlib";

import { Hono } from "hono";
import { afterAll, beforeAll, expect, test } from "vitest";

import { type AppFiles, readAppFiles } from "../../../relay/http/app-files.ts";

const folder = mkdtempSync(join(tmpdir(), "kith-app-"));
const script = "export const value = 1;\n".repeat(200);
let app: Hono;

beforeAll(() => {
  const built = join(folder, "dist");
  mkdirSync(join(built, "assets"), { recursive: true });
  writeFileSync(join(folder, "secret.txt"), "secret");
  writeFileSync(join(built, "index.html"), "<!doctype html><title>Kith</title>");
  writeFileSync(join(built, "service-worker.js"), script);
  writeFileSync(join(built, "manifest.webmanifest"), "{}");
  writeFileSync(join(built, "assets/index-Ab12.js"), script);
  const files = filesOf(built);
  app = new Hono().get("*", (c) => files.serve(c));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function filesOf(path: string): AppFiles {
  const files = readAppFiles(path);
  if (!files.ok) throw new Error(files.error.reason);
  return files.value;
}

const ask = (path: string, headers: Readonly<Record<string, string>> = {}): Promise<Response> =>
  Promise.resolve(app.request(path, { headers }));

test("[AF1] serves each file with its type, and caches for ever only what has a hash in its name", async () => {
  const seen = await Promise.all(
    ["/", "/service-worker.js", "/manifest.webmanifest", "/assets/index-Ab12.js"].map(
      async (path) => {
        const { headers, status } = await ask(path);
        return [status, headers.get("content-type"), headers.get("cache-control")];
      },
    ),
  );
  expect(seen).toEqual([
    [200, "text/html; charset=utf-8", "no-cache"],
    [200, "text/javascript; charset=utf-8", "no-cache"],
    [200, "application/manifest+json", "no-cache"],
    [200, "text/javascript; charset=utf-8", "public, max-age=31536000, immutable"],
  ]);
});

test("[AF2] opens the app at its own paths, and nothing at others", async () => {
  const html = { accept: "text/html,*/*" };
  expect(await (await ask("/chat/abc", html)).text()).toContain("<title>Kith");
  expect((await ask("/chat/abc")).status).toBe(404);
  expect((await ask("/missing.js", html)).status).toBe(404);
  expect((await ask("/v1/missing", html)).status).toBe(404);
});

test.each([
  "/../secret.txt",
  "/%2e%2e/secret.txt",
  "/..%2fsecret.txt",
  "/assets/../../secret.txt",
  "/assets%00.js",
])("[AF3] never leaves its folder for %s", async (path) => {
  // A Request would tidy the path up; what comes over a socket may be anything.
  const raw = { url: `http://relay${path}`, method: "GET", headers: new Headers() };
  const answer = await app.fetch(raw as Request);
  expect(answer.status).toBe(404);
  expect(await answer.text()).not.toContain("secret\n");
});

test("[AF4] answers 304 while a file is the same", async () => {
  const etag = (await ask("/")).headers.get("etag") ?? "";
  expect(etag).toMatch(/^"[\w-]{22}"$/u);
  const again = await ask("/", { "if-none-match": `"other", ${etag}` });
  expect([again.status, await again.text()]).toEqual([304, ""]);
});

test("[AF5] compresses what gains by it, in a way that the client takes", async () => {
  const path = "/assets/index-Ab12.js";
  const br = await ask(path, { "accept-encoding": "gzip, deflate, br" });
  expect(br.headers.get("content-encoding")).toBe("br");
  expect(brotliDecompressSync(Buffer.from(await br.arrayBuffer())).toString()).toBe(script);
  const gzip = await ask(path, { "accept-encoding": "gzip, br;q=0" });
  expect(gzip.headers.get("content-encoding")).toBe("gzip");
  expect(gunzipSync(Buffer.from(await gzip.arrayBuffer())).toString()).toBe(script);
  const plain = await ask(path);
  expect([plain.headers.get("content-encoding"), plain.headers.get("vary")]).toEqual([
    null,
    "accept-encoding",
  ]);
  expect(await plain.text()).toBe(script);
});

test("[AF6] says that there is no app when there is none", () => {
  expect(filesOf(join(folder, "nowhere")).isBuilt).toBe(false);
});

test("[AF7] gives the whole file, once, to whoever asks for ranges of it", async () => {
  const path = "/assets/index-Ab12.js";
  for (const range of ["bytes=0-9", "bytes=-1", "bytes=9-0", `bytes=${"0-,".repeat(2_000)}0-`]) {
    const answer = await ask(path, { range, "if-range": '"x"' });
    expect([answer.status, answer.headers.get("content-range")]).toEqual([200, null]);
    expect(await answer.text()).toBe(script);
  }
});

test("[AF9] is not read when it is larger than any build", () => {
  const huge = join(folder, "huge");
  mkdirSync(huge);
  writeFileSync(join(huge, "index.html"), "");
  truncateSync(join(huge, "index.html"), 129 * 1024 * 1024);
  expect(readAppFiles(huge)).toMatchObject({ ok: false, error: { type: "AppUnreadable" } });
});

test("[AF8] is one build whole, however many are put in its place while it is read", async () => {
  const work = join(folder, "swapped");
  const swapper = new Worker(SWAPPER, {
    eval: true,
    workerData: { work, dist: join(work, "dist"), script: putInPlaceUrl },
  });
  await once(swapper, "message");
  try {
    // Some reads find no folder at all, between one build and the next.
    for (let seen = 0; seen < 20;) {
      const files = readAppFiles(join(work, "dist"));
      if (!files.ok || !files.value.isBuilt) continue;
      const served = new Hono().get("*", (c) => files.value.serve(c));
      const texts = ["/", ...PIECES].map(async (path) => (await served.request(path)).text());
      expect(new Set(await Promise.all(texts)).size).toBe(1);
      seen += 1;
    }
  } finally {
    await swapper.terminate();
  }
});

const PIECES = Array.from({ length: 40 }, (_, index) => `/piece-${index}.txt`);
const putInPlaceUrl = new URL("../../../scripts/build-app.ts", import.meta.url).href;
/** Puts build after build in place, each with its number in all of its files. */
const SWAPPER = `
  const { workerData, parentPort } = require("node:worker_threads");
  const { mkdirSync, writeFileSync } = require("node:fs");
  const { work, dist, script } = workerData;
  const names = ["index.html", ".sources", ...${JSON.stringify(PIECES)}];
  import(script).then(async ({ putInPlace }) => {
    for (let build = 0; ; build += 1) {
      const next = work + "/next-" + build;
      mkdirSync(next, { recursive: true });
      for (const name of names) writeFileSync(next + "/" + name, String(build));
      await putInPlace(next, dist);
      if (build === 0) parentPort.postMessage("built");
    }
  });
`;
