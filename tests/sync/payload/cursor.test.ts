import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";

import { ready } from "../../../crypto/base/sodium.ts";
import { type CborValue, encodeCbor } from "../../../sync/cbor.ts";
import {
  addKnown,
  coversKnown,
  type Known,
  KNOWN_NOTHING,
  SEQ_MAX,
} from "../../../sync/log/known.ts";
import {
  type Cursor,
  type CursorContent,
  decodeCursor,
  encodeCursor,
  type LogKnown,
  signCursor,
  verifyCursor,
} from "../../../sync/payload/cursor.ts";
import {
  CURSOR_BYTES_MAX,
  CURSOR_LOGS_MAX,
  CURSOR_RANGES_MAX,
} from "../../../sync/payload/limits.ts";
import { bytesOf } from "../../crypto/people.ts";
import { decoderContract } from "../decoder.contract.ts";
import { signer } from "../entry/signed-entry.ts";

beforeAll(() => ready);

const bytes = fc.uint8Array({ minLength: 16, maxLength: 16 });
const knowns = fc
  .array(fc.integer({ min: 1, max: 60 }), { maxLength: 20 })
  .map((seqs) => seqs.reduce(addKnown, KNOWN_NOTHING));
const vectors = fc.array(fc.record({ log: bytes, known: knowns }), { maxLength: 5 });

decoderContract<Cursor, Cursor>("cursor", {
  values: fc
    .record({
      channel: bytes,
      device: bytes,
      counter: fc.maxSafeNat(),
      delivered: vectors,
      read: vectors,
    })
    .map((content) => signCursor(content, signer().secretKey)),
  encode: encodeCursor,
  decode: decodeCursor,
});

const CONTENT: CursorContent = {
  channel: bytesOf(16, 1),
  device: bytesOf(16, 2),
  counter: 3,
  delivered: [{ log: bytesOf(16, 4), known: { floor: 5, ranges: [[7, 8]] } }],
  read: [{ log: bytesOf(16, 4), known: { floor: 4, ranges: [] } }],
};

test("[CU1] a cursor is the device's: any other key, and any altered byte, is noticed", () => {
  const encoded = encodeCursor(signCursor(CONTENT, signer().secretKey));
  const cursor = decodeCursor(encoded);
  if (!cursor.ok) throw new Error(cursor.error.type);
  expect(verifyCursor(cursor.value, signer().publicKey)).toBe(true);
  expect(verifyCursor(cursor.value, signer(8).publicKey)).toBe(false);
  for (let i = 0; i < encoded.length; i += 1) {
    const altered = encoded.slice();
    altered[i]! ^= 1;
    const decoded = decodeCursor(altered);
    expect(decoded.ok && verifyCursor(decoded.value, signer().publicKey)).toBe(false);
  }
});

test("[CU2] it says both vectors, and reads back what was said", () => {
  const decoded = decodeCursor(encodeCursor(signCursor(CONTENT, signer().secretKey)));
  expect(decoded).toMatchObject({ ok: true, value: CONTENT });
});

/** Every second number from far up: the largest encoding. */
const scattered = (count: number): Known => ({
  floor: SEQ_MAX - 10_000,
  ranges: Array.from({ length: count }, (_, i) => {
    const seq = SEQ_MAX - 9_000 + 2 * i;
    return [seq, seq] as const;
  }),
});
const logsOf = (count: number, known: Known): readonly LogKnown[] =>
  Array.from({ length: count }, (_, i) => ({ log: bytesOf(16, i), known }));

test("[CU3] over its limits it claims less: the first logs, the lowest ranges", () => {
  const full = scattered(CURSOR_RANGES_MAX + 100);
  const vector = logsOf(CURSOR_LOGS_MAX + 5, full);
  const cursor = signCursor({ ...CONTENT, delivered: vector, read: vector }, signer().secretKey);
  expect(cursor.delivered).toHaveLength(CURSOR_LOGS_MAX);
  expect(cursor.read).toHaveLength(CURSOR_LOGS_MAX);
  expect(cursor.delivered.map(({ log }) => log[0])).toEqual(
    Array.from({ length: CURSOR_LOGS_MAX }, (_, i) => i),
  );
  for (const { known } of cursor.delivered) {
    expect(known.ranges).toHaveLength(CURSOR_RANGES_MAX);
    expect(coversKnown(full, known)).toBe(true);
  }
  const encoded = encodeCursor(cursor);
  expect(encoded.length).toBeLessThanOrEqual(CURSOR_BYTES_MAX);
  expect(decodeCursor(encoded)).toEqual({ ok: true, value: cursor });
});

const LOG: CborValue = [bytesOf(16, 4), [0, []]];

test.each<[string, number, CborValue, string]>([
  ["a channel of 8 bytes", 0, bytesOf(8, 1), "channel"],
  ["a device of 32 bytes", 1, bytesOf(32, 1), "device"],
  ["a negative counter", 2, -1, "counter"],
  ["too many logs", 3, Array.from({ length: CURSOR_LOGS_MAX + 1 }, () => LOG), "delivered"],
  ["too many ranges", 3, [[bytesOf(16, 4), knownCbor()]], "delivered.0.known.ranges"],
  [
    "ranges out of order",
    4,
    [
      [
        bytesOf(16, 4),
        [
          0,
          [
            [5, 6],
            [2, 3],
          ],
        ],
      ],
    ],
    "read.0.known.ranges",
  ],
  ["a log of 15 bytes", 4, [LOG, [bytesOf(15, 4), [0, []]]], "read.1.log"],
])("[CU4] refuses %s", (_, position, value, at) => {
  const fields = [bytesOf(16, 1), bytesOf(16, 2), 3, [LOG], [LOG]].map((field, i) =>
    i === position ? value : field,
  );
  const encoded = encodeCbor([encodeCbor(fields), bytesOf(64, 1)]);
  expect(decodeCursor(encoded)).toEqual({ ok: false, error: { type: "ShapeWrong", at } });
});

test("[CU4] refuses a signature of another length, and more bytes than the limit", () => {
  const { signed } = signCursor(CONTENT, signer().secretKey);
  const at = "signature";
  expect(decodeCursor(encodeCbor([signed, bytesOf(63, 1)]))).toMatchObject({ error: { at } });
  const error = { type: "TooLarge" };
  expect(decodeCursor(new Uint8Array(CURSOR_BYTES_MAX + 1))).toMatchObject({ error });
});

function knownCbor(): CborValue {
  const { floor, ranges } = scattered(CURSOR_RANGES_MAX + 1);
  return [floor, ranges.map(([from, to]) => [from, to])];
}
