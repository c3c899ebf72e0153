import fc from "fast-check";
import { expect, test } from "vitest";

import { Bug } from "../../../crypto/base/assert.ts";
import { encodeCbor } from "../../../sync/cbor.ts";
import {
  addKnown,
  countKnown,
  coversKnown,
  decodeKnown,
  encodeKnown,
  hasKnown,
  holesOf,
  type Known,
  KNOWN_BYTES_MAX,
  KNOWN_NOTHING,
  KNOWN_RANGES_MAX,
  limitKnown,
  maxKnown,
  rangesShape,
  SEQ_MAX,
  type SeqRange,
  unionKnown,
  withoutKnown,
} from "../../../sync/log/known.ts";
import { decoderContract } from "../decoder.contract.ts";

/** Small numbers, so that ranges often touch; the model is a plain set of them. */
const SEQ_TESTED_MAX = 40;
const seqs = fc.array(fc.integer({ min: 1, max: SEQ_TESTED_MAX }), { maxLength: 40 });
const all = Array.from({ length: SEQ_TESTED_MAX }, (_, i) => i + 1);

const knownOf = (numbers: readonly number[]): Known => numbers.reduce(addKnown, KNOWN_NOTHING);
const expand = (ranges: readonly SeqRange[]): readonly number[] =>
  ranges.flatMap(([from, to]) => Array.from({ length: to - from + 1 }, (_, i) => from + i));

/** The invariant of the type's doc comment. */
function expectSound({ floor, ranges }: Known): void {
  let end = floor;
  for (const [from, to] of ranges) {
    expect(from).toBeGreaterThan(end + 1);
    expect(to).toBeGreaterThanOrEqual(from);
    end = to;
  }
}

/** Every second number from 3: as many ranges as numbers. */
const scattered = (count: number): Known => ({
  floor: 1,
  ranges: Array.from({ length: count }, (_, i): SeqRange => [2 * i + 3, 2 * i + 3]),
});

decoderContract("Known", {
  values: fc.oneof(seqs.map(knownOf), fc.constant(scattered(KNOWN_RANGES_MAX))),
  encode: encodeKnown,
  decode: decodeKnown,
});

test("[KN1] adding in any order, repeatedly, makes what a set makes", () => {
  fc.assert(
    fc.property(seqs, (numbers) => {
      const known = knownOf(numbers);
      const model = new Set(numbers);
      expectSound(known);
      expect(all.filter((seq) => hasKnown(known, seq))).toEqual(all.filter((s) => model.has(s)));
      expect(countKnown(known)).toBe(model.size);
      expect(maxKnown(known)).toBe(Math.max(0, ...numbers));
      expect(hasKnown(known, 0)).toBe(false);
    }),
  );
});

test("[KN1] without a number it is as if that had never been added", () => {
  fc.assert(
    fc.property(seqs, fc.integer({ min: 1, max: SEQ_TESTED_MAX }), (numbers, seq) => {
      const rest = withoutKnown(knownOf(numbers), seq);
      expect(rest).toEqual(knownOf(numbers.filter((it) => it !== seq)));
    }),
  );
});

test("[KN2] a union holds what either holds, and the order does not matter", () => {
  fc.assert(
    fc.property(seqs, seqs, (a, b) => {
      const union = unionKnown(knownOf(a), knownOf(b));
      expect(union).toEqual(knownOf([...a, ...b]));
      expect(unionKnown(knownOf(b), knownOf(a))).toEqual(union);
    }),
  );
});

test("[KN3] the holes up to a number are exactly what is missing up to it", () => {
  fc.assert(
    fc.property(seqs, fc.integer({ min: 0, max: SEQ_TESTED_MAX + 5 }), (numbers, upTo) => {
      const missing = Array.from({ length: upTo }, (_, i) => i + 1).filter(
        (seq) => !numbers.includes(seq),
      );
      const holes = holesOf(knownOf(numbers), upTo);
      expect(expand(holes)).toEqual(missing);
      expectSound({ floor: -1, ranges: holes });
    }),
  );
});

test("[KN4] one covers the other when it holds everything that the other holds", () => {
  fc.assert(
    fc.property(seqs, seqs, (a, b) => {
      const model = new Set(a);
      expect(coversKnown(knownOf(a), knownOf(b))).toBe(b.every((seq) => model.has(seq)));
      expect(coversKnown(unionKnown(knownOf(a), knownOf(b)), knownOf(b))).toBe(true);
    }),
  );
});

test("[KN5] over the limit it claims less, never more, and the lowest stay", () => {
  const full = scattered(KNOWN_RANGES_MAX);
  const highest = 2 * KNOWN_RANGES_MAX + 3;
  expect(addKnown(full, highest)).toEqual(full);
  expect(unionKnown(full, { floor: 0, ranges: [[highest, highest + 5]] })).toEqual(full);
  const healed = addKnown(full, 2);
  expect(healed.floor).toBe(3);
  expect(healed.ranges).toHaveLength(KNOWN_RANGES_MAX - 1);
  expect(addKnown(healed, highest).ranges).toHaveLength(KNOWN_RANGES_MAX);
  expect(limitKnown(full, 2)).toEqual({ floor: 1, ranges: full.ranges.slice(0, 2) });
  expect(coversKnown(full, limitKnown(full, 2))).toBe(true);
});

test("[KN5] the largest numbers fit the bound on its encoding", () => {
  const ranges = Array.from({ length: KNOWN_RANGES_MAX }, (_, i): SeqRange => {
    const seq = SEQ_MAX - 2 * (KNOWN_RANGES_MAX - i);
    return [seq, seq];
  });
  const bytes = encodeKnown({ floor: SEQ_MAX - 3 * KNOWN_RANGES_MAX, ranges });
  expect(bytes.length).toBeLessThanOrEqual(KNOWN_BYTES_MAX);
  expect(decodeKnown(bytes).ok).toBe(true);
});

test.each<[string, Parameters<typeof encodeCbor>[0], string]>([
  ["a negative floor", [-1, []], "floor"],
  ["a floor beyond every seq", [SEQ_MAX + 1, []], "floor"],
  ["a range that ends before it begins", [0, [[5, 4]]], "ranges"],
  [
    "ranges out of order",
    [
      0,
      [
        [5, 6],
        [2, 3],
      ],
    ],
    "ranges",
  ],
  [
    "ranges that touch",
    [
      0,
      [
        [2, 3],
        [4, 5],
      ],
    ],
    "ranges",
  ],
  [
    "ranges that overlap",
    [
      0,
      [
        [2, 5],
        [4, 7],
      ],
    ],
    "ranges",
  ],
  ["a range that touches the floor", [3, [[4, 5]]], ""],
  ["a range below the floor", [9, [[4, 5]]], ""],
  ["half a range", [0, [[4]]], "ranges.0"],
  ["a range from 0", [0, [[0, 4]]], "ranges.0.0"],
  ["a range beyond every seq", [0, [[4, SEQ_MAX + 1]]], "ranges.0.1"],
])("[KN6] refuses %s", (_, cbor, at) => {
  const error = { type: "ShapeWrong", at };
  expect(decodeKnown(encodeCbor(cbor))).toEqual({ ok: false, error });
});

test("[KN6] refuses one range too many, and too many bytes", () => {
  const ranges = scattered(KNOWN_RANGES_MAX + 1).ranges.map(([from, to]) => [from, to]);
  expect(decodeKnown(encodeCbor([1, ranges]))).toMatchObject({ error: { at: "ranges" } });
  const large = new Uint8Array(KNOWN_BYTES_MAX + 1);
  expect(decodeKnown(large)).toMatchObject({ error: { type: "TooLarge" } });
});

test("[KN6] a list of ranges may be asked to hold at least one", () => {
  expect(rangesShape(4, 1).decode([]).ok).toBe(false);
  expect(rangesShape(4).decode([]).ok).toBe(true);
});

test("[KN1] a number that no entry can have is our mistake", () => {
  for (const seq of [0, -1, 1.5, SEQ_MAX + 1]) {
    expect(() => addKnown(KNOWN_NOTHING, seq)).toThrow(Bug);
  }
});
