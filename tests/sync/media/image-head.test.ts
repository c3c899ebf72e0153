import fc from "fast-check";
import { expect, test } from "vitest";

import { utf8 } from "../../../crypto/base/bytes.ts";
import { imageHeadOf } from "../../../sync/media/image-head.ts";

const bytes = (...parts: readonly (string | readonly number[])[]): Uint8Array =>
  Uint8Array.from(parts.flatMap((it) => (typeof it === "string" ? [...utf8(it)] : it)));
const PNG = bytes([0x89], "PNG\r\n", [0x1a, 0x0a, 0, 0, 0, 13], "IHDR", [0, 0, 1, 0, 0, 0, 2, 0]);
const JPEG = bytes(
  [0xff, 0xd8, 0xff, 0xe1, 0, 4, 9, 9, 0xff, 0xff, 0xdb, 0, 2],
  [0xff, 0xc0, 0, 11, 8, 1, 0, 2, 0, 3],
);
const webp = (kind: string, ...rest: readonly number[]): Uint8Array =>
  bytes("RIFF", [0, 0, 0, 0], "WEBP", kind, [0, 0, 0, 0], rest);
const FILL = Array.from({ length: 6 }, () => 0);

test.each([
  ["PNG", PNG, { type: "image/png", width: 256, height: 512 }],
  ["JPEG", JPEG, { type: "image/jpeg", width: 512, height: 256 }],
  ["VP8", webp("VP8 ", ...FILL, 0, 1, 0, 2), { type: "image/webp", width: 256, height: 512 }],
  [
    "VP8L",
    webp("VP8L", 0x2f, 0xff, 0xc0, 0x7f, 0, ...FILL),
    { type: "image/webp", width: 256, height: 512 },
  ],
  [
    "VP8X",
    webp("VP8X", 0, 0, 0, 0, 255, 0, 0, 255, 1, 0),
    { type: "image/webp", width: 256, height: 512 },
  ],
])("[ME12] the size of a %s stands in its first bytes", (_, image, head) => {
  expect(imageHeadOf(image)).toEqual(head);
  for (let end = 0; end < 20; end += 1) expect(imageHeadOf(image.subarray(0, end))).toBeUndefined();
});

test.each([
  ["SVG", "<svg xmlns='http://www.w3.org/2000/svg'></svg>"],
  ["HTML", "<!doctype html><script>alert(1)</script>......"],
  ["GIF", "GIF89a..........................................."],
  ["nothing", ""],
])("[ME12] %s is no picture", (_, text) => {
  expect(imageHeadOf(utf8(text))).toBeUndefined();
});

test("[ME12] any bytes are read without an error, and only their own view", () => {
  const heads = fc.constantFrom(PNG, JPEG, webp("VP8X"), new Uint8Array(0));
  fc.assert(
    fc.property(heads, fc.uint8Array({ maxLength: 80 }), (head, rest) => {
      const image = Uint8Array.from([...head.subarray(0, 20), ...rest]);
      const inside = Uint8Array.from([...image, 1, 2, 3]).subarray(0, image.length);
      expect(imageHeadOf(inside)).toEqual(imageHeadOf(image));
    }),
  );
});
