/**
 * The built app, from memory: read once at the start, looked up by exact path, so no request reaches the
 * file system. What has its hash in its name may be kept for ever; the rest is asked for again each time
 * and answered 304 while it is the same. Compressed once, when first asked for.
 */
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { extname, join, relative, sep } from "node:path";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";

import type { Context } from "hono";

import { err, ok, type Result } from "../../crypto/base/result.ts";
import { problem } from "./problem.ts";

const TYPES: ReadonlyMap<string, string> = new Map([
  [".css", "text/css; charset=utf-8"],
  [".html", "text/html; charset=utf-8"],
  [".ico", "image/x-icon"],
  [".js", "text/javascript; charset=utf-8"],
  [".json", "application/json"],
  [".map", "application/json"],
  [".png", "image/png"],
  [".svg", "image/svg+xml"],
  [".txt", "text/plain; charset=utf-8"],
  [".wasm", "application/wasm"],
  [".webmanifest", "application/manifest+json"],
  [".webp", "image/webp"],
  [".woff2", "font/woff2"],
]);
const COMPRESSIBLE = /^(?:text\/|application\/(?:json|wasm|manifest)|image\/svg)/u;
const COMPRESS_BYTES_MIN = 1_024;
/** Between the default 11, which takes seconds, and what gzip reaches. */
const BROTLI_QUALITY = 9;
/** The vite build puts files with a hash in their name here, and only those. */
const HASHED_FOLDER = "/assets/";
const INDEX = "/index.html";
/** A build is some megabytes; more is a mistake in KITH_APP. */
const APP_BYTES_MAX = 128 * 1024 * 1024;
/** Written by the build: differs from one to the next. */
const STAMP_FILE = ".sources";
const READ_TRIES_MAX = 5;

type Encoding = "br" | "gzip";
type AppFile = {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly type: string;
  readonly etag: string;
  readonly cacheControl: string;
  readonly encoded: Map<Encoding, Promise<Uint8Array<ArrayBuffer>>>;
};

export type AppFiles = {
  readonly isBuilt: boolean;
  /** Answers any GET that nothing else answered. */
  readonly serve: (c: Context) => Promise<Response>;
};

/** `reason` is what the operating system said. */
export type AppFilesError = {
  readonly type: "AppUnreadable";
  readonly folder: string;
  readonly reason: string;
};

/** A folder that is not there is no error: then the relay serves without an app. */
export function readAppFiles(folder: string): Result<AppFiles, AppFilesError> {
  const read = readFiles(folder);
  if (!read.ok) return read;
  const files = read.value;
  return ok({
    isBuilt: files.has(INDEX),
    serve: async (c) => {
      const file = fileOf(files, c);
      if (file === undefined) return problem(c, { type: "NotFound" });
      c.header("content-type", file.type);
      c.header("cache-control", file.cacheControl);
      c.header("etag", file.etag);
      if (c.req.header("if-none-match")?.includes(file.etag) === true) return c.body(null, 304);
      const encoding = encodingOf(file, c.req.header("accept-encoding") ?? "");
      if (COMPRESSIBLE.test(file.type)) c.header("vary", "accept-encoding");
      if (encoding === null) return c.body(file.bytes);
      c.header("content-encoding", encoding);
      return c.body(await encoded(file, encoding));
    },
  });
}

/** A build that is put in its place while it is read would leave half of two: then it is read again. */
function readFiles(folder: string): Result<ReadonlyMap<string, AppFile>, AppFilesError> {
  let reason = "it changes all the time";
  for (let tries = 0; tries < READ_TRIES_MAX; tries += 1) {
    try {
      const stamp = stampOf(folder);
      const files = readOnce(folder);
      if (files === null) return unreadable(folder, `it holds over ${APP_BYTES_MAX} bytes`);
      if (stampOf(folder) === stamp) return ok(files);
    } catch (fault) {
      reason = fault instanceof Error ? fault.message : "unknown";
    }
  }
  return unreadable(folder, reason);
}

const unreadable = (folder: string, reason: string): Result<never, AppFilesError> =>
  err({ type: "AppUnreadable", folder, reason });

function stampOf(folder: string): string {
  const path = join(folder, STAMP_FILE);
  return existsSync(path) ? readFileSync(path, "utf8") : "";
}

/** Null: too much. */
function readOnce(folder: string): ReadonlyMap<string, AppFile> | null {
  const files = new Map<string, AppFile>();
  let bytes = 0;
  for (const path of filesIn(folder)) {
    bytes += statSync(join(folder, path)).size;
    if (bytes > APP_BYTES_MAX) return null;
    files.set(path, readAppFile(folder, path));
  }
  return files;
}

function filesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
      .map(
        (path) =>
          `/${path
            .split(sep)
            .filter((part) => part !== "")
            .join("/")}`,
      );
  } catch {
    return [];
  }
}

function readAppFile(folder: string, path: string): AppFile {
  const bytes = new Uint8Array(readFileSync(join(folder, path)));
  const isHashed = path.startsWith(HASHED_FOLDER);
  return {
    bytes,
    type: TYPES.get(extname(path)) ?? "application/octet-stream",
    etag: `"${createHash("sha256").update(bytes).digest("base64url").slice(0, 22)}"`,
    cacheControl: isHashed ? "public, max-age=31536000, immutable" : "no-cache",
    encoded: new Map(),
  };
}

/** A path of the app itself (no dot in its last part) opens the app, which knows what it means. */
function fileOf(files: ReadonlyMap<string, AppFile>, c: Context): AppFile | undefined {
  const path = c.req.path;
  const file = files.get(path === "/" ? INDEX : path);
  if (file !== undefined) return file;
  const isNavigation = c.req.header("accept")?.includes("text/html") === true;
  const isPage = !(path.split("/").at(-1) ?? "").includes(".") && !path.startsWith("/v1/");
  return isNavigation && isPage ? files.get(INDEX) : undefined;
}

function encodingOf(file: AppFile, accepted: string): Encoding | null {
  if (file.bytes.length < COMPRESS_BYTES_MIN || !COMPRESSIBLE.test(file.type)) return null;
  const names = new Set(
    accepted
      .split(",")
      .filter((part) => !/;\s*q=0(?:\.0*)?\s*$/u.test(part))
      .map((part) => part.split(";", 1)[0]?.trim()),
  );
  if (names.has("br")) return "br";
  return names.has("gzip") ? "gzip" : null;
}

const brotli = promisify(brotliCompress);
const gzipped = promisify(gzip);

function encoded(file: AppFile, encoding: Encoding): Promise<Uint8Array<ArrayBuffer>> {
  const known = file.encoded.get(encoding);
  if (known !== undefined) return known;
  const params = { [constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY };
  const work = encoding === "br" ? brotli(file.bytes, { params }) : gzipped(file.bytes);
  const done = work.then((bytes) => new Uint8Array(bytes));
  file.encoded.set(encoding, done);
  return done;
}
