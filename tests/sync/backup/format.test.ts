import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";

import { concat, u32le } from "../../../crypto/base/bytes.ts";
import { ok, type Result } from "../../../crypto/base/result.ts";
import { ready } from "../../../crypto/base/sodium.ts";
import {
  accountIn,
  endFrameOf,
  entriesIn,
  FRAME,
  FRAME_BYTES_MAX,
  type Frame,
  frameOf,
  framesOf,
} from "../../../sync/backup/format.ts";

beforeAll(() => ready);

async function read(pieces: readonly Uint8Array[]): Promise<readonly (Frame | string)[]> {
  async function* content(): AsyncGenerator<Result<Uint8Array, never>> {
    for (const piece of pieces) yield ok(piece);
  }
  const found: (Frame | string)[] = [];
  for await (const frame of framesOf(content())) {
    found.push(frame.ok ? frame.value : frame.error.type);
  }
  return found;
}

const first = frameOf(FRAME.account, Uint8Array.of(1, 2, 3));
const some = frameOf(FRAME.payload, new Uint8Array(700).fill(4));
const later = frameOf(77, Uint8Array.of(9));
const end = endFrameOf(12);
const whole = concat(first, some, later, some, end);

test("[BU1] frames come back as they were, however the file was cut", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc
        .array(fc.nat(whole.length), { maxLength: 12 })
        .map((cuts) => cuts.toSorted((a, b) => a - b)),
      async (cuts) => {
        const ends = [...cuts, whole.length];
        const pieces = ends.map((to, i) => whole.subarray(i === 0 ? 0 : ends[i - 1], to));
        const frames = await read(pieces);
        const types = frames.map((it) => (typeof it === "string" ? it : it.type));
        expect(types).toEqual([FRAME.account, FRAME.payload, 77, FRAME.payload, FRAME.end]);
        expect(entriesIn(frames.at(-1) as Frame)).toBe(12);
      },
    ),
  );
});

test("[BU1] what breaks off, is out of place or goes on is refused", async () => {
  const broken: readonly (readonly Uint8Array[])[] = [
    [],
    [whole.subarray(0, -1)],
    [concat(first, some)],
    [concat(some, end)],
    [concat(first, first, end)],
    [concat(first, end, some)],
    [concat(whole, Uint8Array.of(0))],
    [concat(first, u32le(FRAME_BYTES_MAX + 1), Uint8Array.of(2))],
  ];
  for (const pieces of broken) expect((await read(pieces)).at(-1)).toBe("BackupMalformed");
});

test("[BU2] any bytes get an answer, and the errors of the file are passed on", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.uint8Array({ maxLength: 60 }), { maxLength: 5 }),
      async (pieces) => {
        expect((await read(pieces)).at(-1)).toBe("BackupMalformed");
      },
    ),
  );
  const frame: Frame = { type: FRAME.account, bytes: Uint8Array.of(1, 2, 3) };
  expect(accountIn(frame)).toBeUndefined();
  expect(accountIn({ ...frame, type: FRAME.payload })).toBeUndefined();
  expect(entriesIn({ type: FRAME.end, bytes: frame.bytes })).toBeUndefined();
});
