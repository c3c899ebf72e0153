/**
 * What a tab fetches before it paints holds no libsodium: signing and sealing are the engine's, and its
 * 150 KB would be read, compiled and waited for in each tab. Nor what few people open.
 */
import { join } from "node:path";

import { expect, test } from "vitest";

import { staticChunks } from "./chunks.ts";
import { ROOT } from "./files.ts";

const BUILD_MAX_MS = 60_000;
/** Packages and sources that are loaded when they are needed. */
const LATER =
  /libsodium|crypto\/base\/sodium\.ts|node_modules\/(?:yjs|lib0|age-encryption|@scure\/bip39)\/|qr\/decode/u;

test.each(["app/main.ts", "app/start.tsx"])(
  "[WS4] %s brings no libsodium into a tab, and nothing that few people open",
  { timeout: BUILD_MAX_MS },
  async (entry) => {
    const modules = (await staticChunks(join(ROOT, entry))).flatMap((chunk) => chunk.modules);
    expect(modules.some((it) => it.endsWith(entry))).toBe(true);
    expect(modules.filter((it) => LATER.test(it))).toEqual([]);
  },
);

test(
  "[WS4] the engine has libsodium, and there it is seen",
  { timeout: BUILD_MAX_MS },
  async () => {
    const chunks = await staticChunks(join(ROOT, "app/engine/open-engine.ts"));
    const modules = chunks.flatMap((chunk) => chunk.modules);
    expect(modules.some((it) => LATER.test(it))).toBe(true);
  },
);
