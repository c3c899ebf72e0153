/**
 * Other people's test vectors, which are not ours to pass on: they lie in a folder beside the
 * repository on machines that have them. A plain clone has none: there the tests are skipped, and their names say why.
 */
import { existsSync, readFileSync } from "node:fs";

const FOLDER = new URL("../../../shared/vectors/", import.meta.url);

/** The parsed file, or null where there is none. */
export function sharedVectors(path: string): unknown {
  const file = new URL(path, FOLDER);
  return existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : null;
}

/** What a test adds to its name when it had nothing to check. */
export const without = (vectors: unknown): string =>
  vectors === null ? " (had no vectors: ../shared/vectors is not there)" : "";

export const bytesOfHex = (hex: string): Uint8Array =>
  Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
