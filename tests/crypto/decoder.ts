/** What every decoder of foreign bytes must do, told once. */
import fc from "fast-check";
import { expect } from "vitest";

type Decoded = { readonly ok: boolean };
type Decode = (bytes: Uint8Array) => Decoded;

/** Answers any bytes, and any damage to good ones, without throwing. */
export function answersAnything(decode: Decode, good: Uint8Array): void {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => void decode(bytes)));
  fc.assert(
    fc.property(fc.nat(good.length - 1), fc.uint8Array({ maxLength: 4 }), (at, patch) => {
      const damaged = good.slice();
      damaged.set(patch.subarray(0, good.length - at), at);
      decode(damaged);
    }),
    { numRuns: 200 },
  );
}

/** Refuses every shorter and any longer form of good bytes. */
export function refusesOtherLengths(decode: Decode, good: Uint8Array): void {
  expect(decode(good).ok).toBe(true);
  for (let length = 0; length < good.length; length++) {
    expect({ length, ok: decode(good.subarray(0, length)).ok }).toEqual({ length, ok: false });
  }
  expect(decode(Uint8Array.from([...good, 0])).ok).toBe(false);
}

/** Gives the same answer wherever the bytes lie, and keeps no view into the foreign buffer. */
export function readsOnlyItsView(decode: Decode, good: Uint8Array): void {
  const pool = new Uint8Array(good.length + 64).fill(0x5a);
  pool.set(good, 33);
  const decoded = decode(pool.subarray(33, 33 + good.length));
  pool.fill(0);
  expect(decoded).toEqual(decode(good));
}
