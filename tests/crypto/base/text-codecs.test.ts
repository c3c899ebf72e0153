import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { fromBase32, toBase32 } from "../../../crypto/base/base32.ts";
import { fromBase64url, toBase64url } from "../../../crypto/base/base64url.ts";
import { fromUtf8, utf8 } from "../../../crypto/base/bytes.ts";
import { fromHex, toHex } from "../../../crypto/base/hex.ts";

const anyBytes = fc.uint8Array({ maxLength: 80 });
const CODECS = [
  { name: "hex", to: toHex, from: fromHex },
  { name: "base64url", to: toBase64url, from: fromBase64url },
  { name: "base32", to: toBase32, from: fromBase32 },
] as const;

describe.each(CODECS)("$name", ({ to, from }) => {
  test("[TX1] reads back every byte string that it writes", () => {
    fc.assert(
      fc.property(anyBytes, (bytes) => {
        expect(from(to(bytes))).toEqual({ ok: true, value: bytes });
      }),
    );
  });

  test("[TX2] answers any text, and never throws", () => {
    fc.assert(fc.property(fc.string({ maxLength: 40 }), (text) => void from(text)));
  });
});

test("[TX3] gives each byte string one base64url text", () => {
  const text = fc.string({ unit: fc.constantFrom("A", "Q", "-", "_", "w"), maxLength: 6 });
  fc.assert(
    fc.property(text, (written) => {
      const read = fromBase64url(written);
      fc.pre(read.ok);
      expect(toBase64url(read.value)).toBe(written);
    }),
  );
});

test("[TX3] writes hex and base64url as Node does", () => {
  fc.assert(
    fc.property(anyBytes, (bytes) => {
      expect(toHex(bytes)).toBe(Buffer.from(bytes).toString("hex"));
      expect(toBase64url(bytes)).toBe(Buffer.from(bytes).toString("base64url"));
    }),
  );
});

test.each([
  ["hex", fromHex("abc")],
  ["hex", fromHex("0g")],
  ["base64url", fromBase64url("A")],
  ["base64url", fromBase64url("AB")],
  ["base64url", fromBase64url("AA==")],
  ["base64url", fromBase64url("A+AA")],
  ["base32", fromBase32("0")],
  ["base32", fromBase32("01")],
  ["base32", fromBase32("U0")],
  ["base32", fromBase32("ſ0")],
])("[TX4] refuses malformed %s", (_, read) => {
  expect(read.ok).toBe(false);
});

test("[TX5] base32 is 26 characters for 16 bytes and sorts as the bytes do", () => {
  const id = fc.uint8Array({ minLength: 16, maxLength: 16 });
  fc.assert(
    fc.property(id, id, (a, b) => {
      expect(toBase32(a)).toHaveLength(26);
      expect(Math.sign(Buffer.compare(a, b))).toBe(compareText(toBase32(a), toBase32(b)));
    }),
  );
});

test("[TX6] base32 reads what people type instead", () => {
  expect(fromBase32("oIl0")).toEqual(fromBase32("0110"));
});

test("[TX7] UTF-8 is strict and keeps a byte order mark", () => {
  expect(fromUtf8(Uint8Array.of(0xc0, 0x80)).ok).toBe(false);
  expect(fromUtf8(Uint8Array.of(0xed, 0xa0, 0x80)).ok).toBe(false);
  expect(fromUtf8(utf8("\u{feff}é"))).toEqual({ ok: true, value: "\u{feff}é" });
});

function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
