import { expect, test } from "vitest";

import { CODECS, decodeBatch, encodeFrame, type Frame } from "../../../sync/wire/frames.ts";
import { WIRE_VERSION } from "../../../sync/wire/version.ts";
import vectors from "./frames-v1.json" with { type: "json" };

/** In the JSON, bytes are { "hex": … }. */
const revive = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(revive);
  if (typeof value !== "object" || value === null) return value;
  if ("hex" in value) return new Uint8Array(Buffer.from(String(value.hex), "hex"));
  return Object.fromEntries(Object.entries(value).map(([key, it]) => [key, revive(it)]));
};

test.each(vectors.frames)("[FR9] still writes the bytes that version 1 shipped with: $name", (it) => {
  const frame = revive(it.frame) as Frame;
  expect(Buffer.from(encodeFrame(frame)).toString("hex")).toBe(it.bytes);
  const read = decodeBatch(new Uint8Array(Buffer.from(it.bytes, "hex")));
  expect(read).toEqual({ ok: true, value: [frame] });
});

test("[FR9] has a vector of every frame, and a file of every version", () => {
  const seen = new Set(vectors.frames.map((it) => it.frame.type));
  expect([...seen].toSorted()).toEqual(Object.keys(CODECS).toSorted());
  expect(vectors.version).toBe(WIRE_VERSION);
});
