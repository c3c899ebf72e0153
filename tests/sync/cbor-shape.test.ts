import fc from "fast-check";
import { expect, test } from "vitest";

import { Bug } from "../../crypto/base/assert.ts";
import {
  anyShape,
  boolShape,
  bytesShape,
  bytesUpTo,
  decodeShaped,
  encodeShaped,
  grownShape,
  listShape,
  nullable,
  oneOfShape,
  recordShape,
  ruled,
  type Shape,
  textShape,
  textUpTo,
  uintShape,
} from "../../sync/cbor-shape.ts";
import { type CborValue, encodeCbor } from "../../sync/cbor.ts";
import { decoderContract } from "./decoder.contract.ts";

type Parcel = {
  readonly id: Uint8Array;
  readonly note: string | null;
  readonly weights: readonly { readonly grams: number }[];
};
const PARCEL: Shape<Parcel> = recordShape<Parcel>({
  id: bytesShape(2),
  note: nullable(textShape(8)),
  weights: listShape(recordShape<{ readonly grams: number }>({ grams: uintShape(1_000, 1) }), 3),
});

decoderContract<Parcel, Parcel>("a shape", {
  values: fc.record({
    id: fc.uint8Array({ minLength: 2, maxLength: 2 }),
    note: fc.option(fc.string({ minLength: 1, maxLength: 8 })),
    weights: fc.array(fc.record({ grams: fc.integer({ min: 1, max: 1_000 }) }), { maxLength: 3 }),
  }),
  encode: (parcel) => encodeShaped(PARCEL, parcel),
  decode: (bytes) => decodeShaped(PARCEL, bytes, 64),
});

const id = Uint8Array.of(1, 2);
const wrongAt = (cbor: CborValue): string => {
  const decoded = decodeShaped(PARCEL, encodeCbor(cbor), 1_000);
  return !decoded.ok && decoded.error.type === "ShapeWrong" ? decoded.error.at : "nowhere";
};

test.each<[string, CborValue, string]>([
  ["no list", 7, ""],
  ["too few fields", [id, null], ""],
  ["too many fields", [id, null, [], 1], ""],
  ["bytes of another length", [Uint8Array.of(1), null, []], "id"],
  ["a text for bytes", ["ab", null, []], "id"],
  ["an empty text", [id, "", []], "note"],
  ["a text of too many bytes", [id, "ééééé", []], "note"],
  ["a list that is too long", [id, null, [[1], [1], [1], [1]]], "weights"],
  ["a number over its bound", [id, null, [[1], [1_001]]], "weights.1.grams"],
  ["a number under its bound", [id, null, [[0]]], "weights.0.grams"],
  ["a negative number", [id, null, [[-1]]], "weights.0.grams"],
])("[CB5] refuses %s and says where", (_, cbor, at) => {
  expect(wrongAt(cbor)).toBe(at);
});

test("[CB5] refuses too many bytes before it reads them", () => {
  const refused = decodeShaped(PARCEL, new Uint8Array(65).fill(0xff), 64);
  expect(refused).toEqual({ ok: false, error: { type: "TooLarge", bytes: 65, limit: 64 } });
});

test("[CB5] to encode beyond a bound is our mistake", () => {
  const parcel = { id, note: null, weights: [] };
  expect(() => encodeShaped(PARCEL, { ...parcel, id: Uint8Array.of(1) })).toThrow(Bug);
  expect(() => encodeShaped(PARCEL, { ...parcel, note: "nine char" })).toThrow(Bug);
  const weights = Array.from({ length: 4 }, () => ({ grams: 1 }));
  expect(() => encodeShaped(PARCEL, { ...parcel, weights })).toThrow(Bug);
});

test("[CB5] bytes of a range of lengths keep to both ends of it", () => {
  const shape = bytesUpTo(3, 1);
  const lengths = [0, 1, 3, 4].map((length) => shape.decode(new Uint8Array(length)).ok);
  expect(lengths).toEqual([false, true, true, false]);
});

test("[CB5] a rule holds on the way out and on the way in", () => {
  const even = ruled(uintShape(), (n) => n % 2 === 0);
  expect(even.decode(4)).toEqual({ ok: true, value: 4 });
  expect(even.decode(5)).toEqual({ ok: false, error: { type: "ShapeWrong", at: "" } });
  expect(() => even.encode(5)).toThrow(Bug);
});

test("[CB6] later fields are passed over where a shape leaves room, and only so many", () => {
  const shape = recordShape<{ readonly n: number }>({ n: uintShape() }, 2);
  expect(shape.decode([1, "new", ["newer"]])).toEqual({ ok: true, value: { n: 1 } });
  expect(shape.decode([1, 2, 3, 4]).ok).toBe(false);
});

type Grown = {
  readonly name: string;
  readonly color: "red" | "green";
  readonly isOpen: boolean;
  readonly rest: CborValue;
};
const GROWN: Shape<Grown> = grownShape<Grown>(
  {
    name: textUpTo(4),
    color: oneOfShape(["red", "green"]),
    isOpen: boolShape,
    rest: anyShape,
  },
  { isOpen: false, rest: null },
  1,
);
const grown = (change: Partial<Grown> = {}): Grown => ({
  name: "",
  color: "green",
  isOpen: false,
  rest: null,
  ...change,
});

decoderContract<Grown, Grown>("a shape that grew", {
  values: fc.record({
    name: fc.string({ maxLength: 4 }),
    color: fc.constantFrom("red", "green"),
    isOpen: fc.boolean(),
    rest: fc.oneof(fc.constant(null), fc.nat(), fc.array(fc.boolean())),
  }),
  encode: (value) => encodeShaped(GROWN, value),
  decode: (bytes) => decodeShaped(GROWN, bytes, 64),
});

test("[CB6] later fields that say nothing are left out at the end, and only there", () => {
  expect(encodeShaped(GROWN, grown())).toEqual(encodeCbor(["", 2]));
  expect(encodeShaped(GROWN, grown({ isOpen: true }))).toEqual(encodeCbor(["", 2, true]));
  expect(encodeShaped(GROWN, grown({ rest: 7 }))).toEqual(encodeCbor(["", 2, false, 7]));
});

test("[CB6] later fields that are missing, there, or followed by still later ones are read alike", () => {
  const read = (cbor: CborValue): unknown => decodeShaped(GROWN, encodeCbor(cbor), 64);
  for (const cbor of [
    ["", 2],
    ["", 2, false],
    ["", 2, false, null],
    ["", 2, false, null, 9],
  ]) {
    expect(read(cbor)).toEqual({ ok: true, value: grown() });
  }
  const wrong = (at: string): unknown => ({ ok: false, error: { type: "ShapeWrong", at } });
  expect(read([""])).toEqual(wrong(""));
  expect(read(["", 2, false, null, 9, 9])).toEqual(wrong(""));
  expect(read(["", 2, 0])).toEqual(wrong("isOpen"));
});

test.each<[string, CborValue, string]>([
  ["a text of too many bytes", ["ééé", 2], "name"],
  ["bytes for a text", [id, 2], "name"],
  ["a name that is not in the list", ["", 3], "color"],
  ["a text for a number", ["", "red"], "color"],
])("[CB5] refuses %s and says where", (_, cbor, at) => {
  const error = { type: "ShapeWrong", at };
  expect(decodeShaped(GROWN, encodeCbor(cbor), 64)).toEqual({ ok: false, error });
});
