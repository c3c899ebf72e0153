import { IDBFactory } from "fake-indexeddb";
import fc from "fast-check";
import { expect, test } from "vitest";

import { compareBound, compareKeys, isKey, keysOf } from "../../../sync/store/keys.ts";
import type { Key } from "../../../sync/store/store.ts";

const anyScalar = fc.oneof(
  fc.integer({ min: -2, max: 2 }),
  fc.double({ noNaN: true }),
  fc.constantFrom("", "a", "aa", "b", "\u{1F600}", "\uFFFF"),
);
const anyKey: fc.Arbitrary<Key> = fc.oneof(anyScalar, fc.array(anyScalar, { maxLength: 4 }));

test("[ST4] keys compare as IndexedDB compares them", () => {
  const factory = new IDBFactory();
  fc.assert(
    fc.property(anyKey, anyKey, (a, b) => {
      expect(Math.sign(compareKeys(a, b))).toBe(factory.cmp(a, b));
    }),
    { numRuns: 2_000 },
  );
});

test("[ST4] a shorter key comes before a longer one that begins with it", () => {
  expect(compareKeys([1, 2], [1, 2, 0])).toBeLessThan(0);
  expect(compareKeys([1, 3], [1, 2, 0])).toBeGreaterThan(0);
});

test("[ST4] a bound that is a prefix of a key equals it, a longer one does not", () => {
  expect(compareBound([1, 2, 3], [1, 2])).toBe(0);
  expect(compareBound([1, 2, 3], [])).toBe(0);
  expect(compareBound([1, 2, 3], [1, 3])).toBeLessThan(0);
  expect(compareBound([1, 2], [1, 2, 3])).toBeLessThan(0);
  expect(compareBound("a", [])).toBeLessThan(0);
  expect(compareBound(1, "")).toBeLessThan(0);
});

test("[ST7] what is no key is no key", () => {
  expect([1, -0.5, "", "a", [], [1, "a"]].every(isKey)).toBe(true);
  const others = [undefined, null, true, Number.NaN, {}, [[1]], [null], Uint8Array.of(1)];
  expect(others.some(isKey)).toBe(false);
});

test("[ST4] a row without a usable field is in no index of that field", () => {
  expect(keysOf({ a: 1 }, { fields: ["b"] })).toEqual([]);
  expect(keysOf({ a: 1, b: null }, { fields: ["a", "b"] })).toEqual([]);
  expect(keysOf({ a: 1, b: "x" }, { fields: ["a", "b"] })).toEqual([[1, "x"]]);
  expect(keysOf({ a: ["x", "y", "x", null] }, { fields: ["a"], multi: true })).toEqual(["x", "y"]);
});
