import fc from "fast-check";
import { expect, test } from "vitest";

import { fromBase64url, toBase64url } from "../../../crypto/base/base64url.ts";

test("[TE3] writes what Node writes, and reads it back", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
      expect(toBase64url(bytes)).toBe(Buffer.from(bytes).toString("base64url"));
      expect(fromBase64url(toBase64url(bytes))).toEqual({ ok: true, value: bytes });
    }),
  );
});

test("[TE4] each byte string has one text: others are refused", () => {
  const near = fc.string({ unit: fc.constantFrom("A", "Q", "-", "_", "w"), maxLength: 6 });
  fc.assert(
    fc.property(near, (text) => {
      const read = fromBase64url(text);
      fc.pre(read.ok);
      expect(toBase64url(read.value)).toBe(text);
    }),
  );
  for (const text of ["A", "AB", "AA==", "A+AA", "A/AA", "AA A", "é"]) {
    expect(fromBase64url(text)).toEqual({ ok: false, error: { type: "Base64urlInvalid" } });
  }
  fc.assert(fc.property(fc.string({ maxLength: 40 }), (text) => void fromBase64url(text)));
});
