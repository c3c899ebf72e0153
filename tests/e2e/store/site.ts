/**
 * A page that holds a device's store and nothing else: built by vite from this folder, served on a
 * free loopback port. For what only a real browser can show, and for measuring.
 */
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { extname, join } from "node:path";

import { build } from "vite";

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
};

export type StoreSite = AsyncDisposable & { readonly url: string };

export async function openStoreSite(): Promise<StoreSite> {
  const folder = await mkdtemp(join(tmpdir(), "kith-store-site-"));
  await build({
    configFile: false,
    logLevel: "warn",
    root: import.meta.dirname,
    worker: { format: "es" },
    build: {
      outDir: folder,
      emptyOutDir: true,
      target: "es2024",
      modulePreload: false,
      chunkSizeWarningLimit: 4_000,
    },
  });
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? "/", "http://localhost").pathname;
    const name = path === "/" ? "/index.html" : path;
    readFile(join(folder, name)).then(
      (bytes) => response.writeHead(200, { "content-type": TYPES[extname(name)] }).end(bytes),
      () => response.writeHead(404).end(),
    );
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return {
    url: `http://localhost:${address.port}/`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
