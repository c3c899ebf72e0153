import fc from "fast-check";
import { expect, test } from "vitest";

import { fromHex, toHex } from "../../../crypto/base/hex.ts";

test("[TE1] writes what Node writes, and reads it back", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
      expect(toHex(bytes)).toBe(Buffer.from(bytes).toString("hex"));
      expect(fromHex(toHex(bytes).toUpperCase())).toEqual({ ok: true, value: bytes });
    }),
  );
});

test("[TE2] answers any text, and refuses odd lengths and other characters", () => {
  fc.assert(fc.property(fc.string({ maxLength: 40 }), (text) => void fromHex(text)));
  for (const text of ["a", "abc", "0g", " 00", "0x00"]) {
    expect(fromHex(text)).toEqual({ ok: false, error: { type: "HexInvalid" } });
  }
});
