import fc from "fast-check";
import { expect, test } from "vitest";

import { compareBytes } from "../../../crypto/base/bytes.ts";
import { comparePlaces, type Place, tieOf } from "../../../sync/log/order.ts";

const places: fc.Arbitrary<Place> = fc.record({
  hEff: fc.integer({ min: 1, max: 4 }),
  tie: fc.integer({ min: 0, max: 3 }),
  seq: fc.integer({ min: 1, max: 4 }),
});

test("[OR1] the same entries stand in the same order, however they arrived", () => {
  fc.assert(
    fc.property(
      fc
        .array(places, { maxLength: 20 })
        .chain((list) =>
          fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length })),
        ),
      ([list, arrived]) => {
        expect(arrived.toSorted(comparePlaces)).toEqual(list.toSorted(comparePlaces));
      },
    ),
  );
});

test("[OR2] time decides first, then the log, then the number in it", () => {
  const sorted = [
    { hEff: 1, tie: 9, seq: 9 },
    { hEff: 2, tie: 1, seq: 9 },
    { hEff: 2, tie: 2, seq: 1 },
    { hEff: 2, tie: 2, seq: 2 },
  ];
  expect(sorted.toReversed().toSorted(comparePlaces)).toEqual(sorted);
});

test("[OR2] places beyond 32 bits compare as numbers", () => {
  const a = { hEff: 2 ** 52, tie: 0, seq: 1 };
  expect(comparePlaces(a, { ...a, hEff: 2 ** 52 + 1 })).toBeLessThan(0);
});

test("[OR3] ties of logs sort as the first four bytes of their ids do", () => {
  const logs = fc.uint8Array({ minLength: 16, maxLength: 16 });
  fc.assert(
    fc.property(logs, logs, (a, b) => {
      const byBytes = Math.sign(compareBytes(a.subarray(0, 4), b.subarray(0, 4)));
      expect(Math.sign(tieOf(a) - tieOf(b))).toBe(byBytes);
    }),
  );
  const pool = new Uint8Array(32).fill(0xff, 8);
  expect(tieOf(pool.subarray(8, 24))).toBe(0xffffffff);
});
