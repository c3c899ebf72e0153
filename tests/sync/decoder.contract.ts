import fc from "fast-check";
import { expect, test } from "vitest";

import type { Result } from "../../crypto/base/result.ts";

export type DecoderCase<Sent, Received> = {
  readonly values: fc.Arbitrary<Sent>;
  readonly encode: (value: Sent) => Uint8Array;
  readonly decode: (bytes: Uint8Array) => Result<Received, { readonly type: string }>;
  /** What `decode` must answer for `value`. Default: the value itself. */
  readonly expected?: (value: Sent) => unknown;
};

/** The promises of every decoder of foreign bytes: docs/protocol/sync.md, Decoding. */
export function decoderContract<Sent, Received>(
  name: string,
  { values, encode, decode, expected = (value) => value }: DecoderCase<Sent, Received>,
): void {
  test(`[DE1] ${name}: what was encoded decodes to the same value`, () => {
    fc.assert(
      fc.property(values, (value) => {
        expect(decode(encode(value))).toEqual({ ok: true, value: expected(value) });
      }),
    );
  });

  test(`[DE2] ${name}: no bytes make the decoder throw`, () => {
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 512 }), damaged(values.map(encode))), (b) => {
        expect(typeof decode(b).ok).toBe("boolean");
      }),
      { numRuns: 500 },
    );
  });

  test(`[DE3] ${name}: the decoder reads its own view alone, and keeps no hold of it`, () => {
    fc.assert(
      fc.property(values, fc.integer({ min: 0, max: 255 }), (value, filler) => {
        const bytes = encode(value);
        const pool = new Uint8Array(bytes.length + 64).fill(filler);
        pool.set(bytes, 32);
        const decoded = decode(pool.subarray(32, 32 + bytes.length));
        const cutShort = decode(pool.subarray(32, 31 + bytes.length));
        pool.fill(filler ^ 0xff);
        expect(decoded).toEqual({ ok: true, value: expected(value) });
        expect(cutShort.ok).toBe(false);
      }),
    );
  });
}

/** Encodings with a byte altered, left out or put in, or cut short. */
const damaged = (encodings: fc.Arbitrary<Uint8Array>): fc.Arbitrary<Uint8Array> =>
  fc
    .tuple(encodings, fc.nat(), fc.integer({ min: 0, max: 255 }), fc.integer({ min: 0, max: 3 }))
    .map(([bytes, position, byte, how]) => {
      const at = bytes.length === 0 ? 0 : position % bytes.length;
      const [before, from] = [[...bytes.subarray(0, at)], bytes.subarray(at)];
      const after = [[byte, ...from.subarray(1)], [...from.subarray(1)], [byte, ...from], []][how];
      return Uint8Array.from([...before, ...(after ?? [])]);
    });
