import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import fc from "fast-check";
import { expect, test } from "vitest";

import { encodeLabelled, LABELS } from "../../../crypto/base/labels.ts";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
/** The functions whose label argument the scan reads: each takes it as a string literal. */
const CALL =
  /\b(?:hash32|hash16|hashN|hash8|kdf|kdf32|verifyLabelled|signLabelled|encodeLabelled)\(\s*[^"`;{]*?"([^"]+)"/g;

const sourcesOf = (room: string): string[] =>
  readdirSync(`${ROOT}${room}`, { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".ts") && !path.includes(".tsc"))
    .map((path) => readFileSync(`${ROOT}${room}/${path}`, "utf8"));

test("[LA1] every label stands in the table once, with what it makes", () => {
  const labels = Object.keys(LABELS);
  expect(new Set(labels).size).toBe(labels.length);
  const table = readFileSync(`${ROOT}crypto/base/labels.ts`, "utf8");
  for (const label of labels) {
    const row = new RegExp(`^  "?${label.replaceAll("/", "\\/")}"?: "[HKS] `, "gm");
    expect({ label, rows: table.match(row)?.length }).toEqual({ label, rows: 1 });
  }
});

test("[LA2] every label that a source uses stands in the table", () => {
  const used = ["crypto", "sync", "relay"]
    .flatMap(sourcesOf)
    .flatMap((source) => [...source.matchAll(CALL)].map((call) => call[1]!));
  expect(used.length).toBeGreaterThan(30);
  for (const label of used) expect(Object.keys(LABELS)).toContain(label);
});

test("[LA2] and no label of the table is unused", () => {
  const sources = ["crypto", "sync", "relay"]
    .flatMap(sourcesOf)
    .map((it) => it.split("LABELS = {").at(0) ?? it);
  for (const label of Object.keys(LABELS)) {
    const isUsed = sources.some((source) => source.includes(`"${label}"`));
    expect({ label, isUsed }).toEqual({ label, isUsed: true });
  }
});

test("[LA3] two lists of parts never share an encoding", () => {
  const parts = fc.array(fc.uint8Array({ maxLength: 6 }), { maxLength: 4 });
  fc.assert(
    fc.property(parts, parts, (a, b) => {
      const same = JSON.stringify(a) === JSON.stringify(b);
      expect(Buffer.compare(encodeLabelled("tag", ...a), encodeLabelled("tag", ...b)) === 0).toBe(
        same,
      );
      expect(Buffer.compare(encodeLabelled("tag", ...a), encodeLabelled("hdr", ...a))).not.toBe(0);
    }),
  );
});

test("[LA4] writes the label's length, the label, and each part behind its length", () => {
  const encoded = encodeLabelled("env", Uint8Array.of(9), new Uint8Array(0));
  expect(Buffer.from(encoded).toString("latin1")).toBe(
    "\x0a\0\0\0kith/1/env\x01\0\0\0\x09\0\0\0\0",
  );
});
