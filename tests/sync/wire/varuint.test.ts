import fc from "fast-check";
import { expect, test } from "vitest";

import { ByteReader } from "../../../sync/wire/byte-reader.ts";
import { ByteWriter } from "../../../sync/wire/byte-writer.ts";
import { VARUINT_MAX, varuintBytes } from "../../../sync/wire/varuint.ts";

const hex = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, "hex"));

test("[VU1] reads every number that it writes, in as few bytes as it takes", () => {
  fc.assert(
    fc.property(fc.maxSafeNat(), (value) => {
      const writer = new ByteWriter();
      writer.varuint(value);
      const bytes = writer.take();
      expect(bytes).toHaveLength(varuintBytes(value));
      const reader = new ByteReader(bytes);
      expect([reader.varuint("value"), reader.fault, reader.remaining]).toEqual([
        value,
        undefined,
        0,
      ]);
    }),
  );
});

test.each([
  [0, "00"],
  [127, "7f"],
  [128, "8001"],
  [16_384, "808001"],
  [VARUINT_MAX, "ffffffffffffff0f"],
])("[VU2] writes %i as %s", (value, bytes) => {
  const writer = new ByteWriter();
  writer.varuint(value);
  expect(Buffer.from(writer.take()).toString("hex")).toBe(bytes);
});

test.each(["80", "8000", "ffffffffffffff10", "ffffffffffffffff0f", ""])(
  "[VU3] refuses %s, which is no shortest form of a number that fits",
  (bytes) => {
    const reader = new ByteReader(hex(bytes));
    expect(reader.varuint("value")).toBe(0);
    expect(reader.fault).toBeDefined();
  },
);

test.each([-1, 1.5, VARUINT_MAX + 1, Number.NaN])("[VU4] never writes %f", (value) => {
  expect(() => new ByteWriter().varuint(value)).toThrow("safe whole number");
});

test("[VU5] keeps the first fault, and answers zeros from then on", () => {
  const reader = new ByteReader(hex("0102"));
  reader.fixed(3);
  reader.refuse("later");
  expect(reader.fault).toEqual({ type: "Truncated" });
  expect([reader.u8("x"), reader.varuint("y"), reader.tail("z", 0, 9)]).toEqual([
    0,
    0,
    new Uint8Array(0),
  ]);
});
