import fc from "fast-check";
import { encodeQR } from "qr";
import { decodeQR } from "qr/decode.js";
import { expect, test } from "vitest";

import { drawingOf } from "../../../../app/features/invite/qr-code.tsx";

/** Draws the path as a renderer would. */
function painted(path: string, size: number): boolean[][] {
  const rows = Array.from({ length: size }, () => Array.from({ length: size }, () => false));
  for (const [, x, y, width] of path.matchAll(/M(\d+) (\d+)h(\d+)v1h-\d+z/gu)) {
    for (let i = 0; i < Number(width); i += 1) rows[Number(y)]![Number(x) + i] = true;
  }
  return rows;
}

test("[AQR1] the path paints exactly the dark modules", () => {
  const grid = fc.array(fc.array(fc.boolean(), { minLength: 9, maxLength: 9 }), {
    minLength: 9,
    maxLength: 9,
  });
  fc.assert(
    fc.property(grid, (modules) => {
      const { path, size } = drawingOf(modules);
      expect(painted(path, size)).toEqual(modules);
    }),
  );
});

test("[AQR2] a camera reads the invite link back", () => {
  const link = `https://relay.example/#${"Ab3_-xYz".repeat(20)}`;
  const { path, size } = drawingOf(encodeQR(link, "raw", { border: 4 }));
  const scale = 4;
  const edge = size * scale;
  const data = new Uint8ClampedArray(edge * edge * 4).fill(255);
  painted(path, size).forEach((row, y) =>
    row.forEach((dark, x) => {
      if (!dark) return;
      for (let dy = 0; dy < scale; dy += 1) {
        const from = ((y * scale + dy) * edge + x * scale) * 4;
        for (let i = 0; i < scale * 4; i += 4) data.fill(0, from + i, from + i + 3);
      }
    }),
  );
  expect(decodeQR({ width: edge, height: edge, data })).toBe(link);
});
