import fc from "fast-check";
import { expect, test } from "vitest";

import { fromBase32, toBase32 } from "../../../crypto/base/base32.ts";

test("[TE5] reads back what it writes, and what people type instead", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
      expect(fromBase32(toBase32(bytes))).toEqual({ ok: true, value: bytes });
      expect(fromBase32(toBase32(bytes).toLowerCase())).toEqual({ ok: true, value: bytes });
    }),
  );
  expect(fromBase32("oIl0")).toEqual(fromBase32("0110"));
  expect(toBase32(new Uint8Array(16).fill(255))).toMatch(/^Z{25}W$/u);
});

test("[TE6] refuses other characters, impossible lengths and left-over bits", () => {
  for (const text of ["0", "01", "U0", "ſ0", "0-", "00Z"]) {
    expect(fromBase32(text)).toEqual({ ok: false, error: { type: "Base32Invalid" } });
  }
  fc.assert(fc.property(fc.string({ maxLength: 40 }), (text) => void fromBase32(text)));
});

test("[TE7] 16 bytes are 26 characters, which sort as the bytes do", () => {
  const id = fc.uint8Array({ minLength: 16, maxLength: 16 });
  fc.assert(
    fc.property(id, id, (a, b) => {
      const [one, other] = [toBase32(a), toBase32(b)];
      expect(one).toHaveLength(26);
      expect(one < other).toBe(Buffer.compare(a, b) < 0);
    }),
  );
});
