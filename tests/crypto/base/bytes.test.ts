import fc from "fast-check";
import { expect, test } from "vitest";

import {
  compareBytes,
  concat,
  equalBytes,
  fromUtf8,
  readU32le,
  u16le,
  u32le,
  u53le,
  utf8,
  wipe,
} from "../../../crypto/base/bytes.ts";
import { readerOf } from "../../../crypto/base/reader.ts";

const anyBytes = fc.uint8Array({ maxLength: 20 });

test("[BY1] joins, compares and orders as Node's Buffer does", () => {
  fc.assert(
    fc.property(anyBytes, anyBytes, (a, b) => {
      expect(concat(a, b)).toEqual(new Uint8Array(Buffer.concat([a, b])));
      expect(equalBytes(a, b)).toBe(Buffer.compare(a, b) === 0);
      expect(Math.sign(compareBytes(a, b))).toBe(Buffer.compare(a, b));
    }),
  );
});

test("[BY2] finds two byte strings of one length different in any single bit", () => {
  const bytes = Uint8Array.from({ length: 16 }, (_, i) => i);
  for (let bit = 0; bit < 128; bit++) {
    const other = bytes.slice();
    other[bit >> 3]! ^= 1 << (bit & 7);
    expect(equalBytes(bytes, other)).toBe(false);
  }
});

test("[BY3] integers are little-endian, come back alike, and refuse what they cannot hold", () => {
  expect(u16le(0x0102)).toEqual(Uint8Array.of(2, 1));
  expect(u32le(0x8000_0001)).toEqual(Uint8Array.of(1, 0, 0, 0x80));
  fc.assert(
    fc.property(fc.nat(0xffff), fc.maxSafeNat(), (small, large) => {
      const r = readerOf(concat(u16le(small), u53le(large), u32le(large % 2 ** 32)));
      expect([r.u16(), r.u53(), r.u32(), r.finished()]).toEqual([
        small,
        large,
        large % 2 ** 32,
        true,
      ]);
      expect(readU32le(concat(Uint8Array.of(9), u32le(large % 2 ** 32)), 1)).toBe(large % 2 ** 32);
    }),
  );
  for (const write of [
    () => u16le(65_536),
    () => u32le(-1),
    () => u32le(0.5),
    () => u53le(2 ** 53),
  ])
    expect(write).toThrow("a u");
});

test("[BY4] wiping leaves zeros", () => {
  const secret = new Uint8Array(32).fill(7);
  wipe(secret);
  expect(secret).toEqual(new Uint8Array(32));
});

test("[BY7] UTF-8 is strict and keeps a byte order mark", () => {
  for (const bad of [
    [0xc0, 0x80],
    [0xed, 0xa0, 0x80],
    [0xe2, 0x82],
  ]) {
    expect(fromUtf8(Uint8Array.from(bad))).toEqual({ ok: false, error: { type: "Utf8Invalid" } });
  }
  expect(fromUtf8(utf8("\u{feff}é"))).toEqual({ ok: true, value: "\u{feff}é" });
});
