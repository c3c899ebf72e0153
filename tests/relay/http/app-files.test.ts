import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { brotliDecompressSync, gunzipSync } from "node:zlib";

import { Hono } from "hono";
import { afterAll, beforeAll, expect, test } from "vitest";

import { readAppFiles } from "../../../relay/http/app-files.ts";

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
  const files = readAppFiles(built);
  app = new Hono().get("*", (c) => files.serve(c));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

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
  expect(readAppFiles(join(folder, "nowhere")).isBuilt).toBe(false);
});

test("[AF7] gives the whole file, once, to whoever asks for ranges of it", async () => {
  const path = "/assets/index-Ab12.js";
  for (const range of ["bytes=0-9", "bytes=-1", "bytes=9-0", `bytes=${"0-,".repeat(2_000)}0-`]) {
    const answer = await ask(path, { range, "if-range": '"x"' });
    expect([answer.status, answer.headers.get("content-range")]).toEqual([200, null]);
    expect(await answer.text()).toBe(script);
  }
});
