import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";

import { ready } from "../../../crypto/base/sodium.ts";
import {
  CHUNK_BYTES,
  chunkedLength,
  CHUNKED_HEAD_BYTES,
  chunkKeysOf,
  chunksOf,
  isHeadOf,
  openChunk,
  sealChunk,
} from "../../../crypto/media/chunks.ts";
import { answersAnything } from "../decoder.ts";
import { bytesOf, flipped, textOf, unwrap } from "../people.ts";

beforeAll(() => ready);

const inputKey = bytesOf(32, 1);
const salt = bytesOf(24, 2);
const keysOf = () => chunkKeysOf(inputKey, salt, textOf("context"));

test("[CK1] each chunk opens at its own place alone", () => {
  const keys = keysOf();
  const places = [0, 1, 255, 256, 65_536, 2 ** 32 - 1];
  const sealed = places.map((place) => sealChunk(keys, place, textOf(`chunk ${place}`)));
  for (const [i, at] of places.entries()) {
    for (const [j, box] of sealed.entries()) {
      const got = openChunk(keys, at, box);
      expect({ at, j, ok: got.ok }).toEqual({ at, j, ok: i === j });
    }
    expect(unwrap(openChunk(keys, at, sealed[i]!))).toEqual(textOf(`chunk ${at}`));
  }
});

test("[CK2] every altered byte is refused, and any bytes get an answer", () => {
  const keys = keysOf();
  const sealed = sealChunk(keys, 3, bytesOf(40, 7));
  for (let i = 0; i < sealed.length; i++) {
    expect(openChunk(keys, 3, flipped(sealed, i))).toEqual({
      ok: false,
      error: { type: "OpenFailed" },
    });
  }
  answersAnything((bytes) => openChunk(keys, 3, bytes), sealed);
});

test("[CK3] key, salt and context each make other keys, and the head commits to all three", () => {
  const keys = keysOf();
  const others = [
    chunkKeysOf(bytesOf(32, 9), salt, textOf("context")),
    chunkKeysOf(inputKey, bytesOf(24, 9), textOf("context")),
    chunkKeysOf(inputKey, salt, textOf("another")),
  ];
  expect(keys.head.subarray(0, 24)).toEqual(salt);
  expect(isHeadOf(keys, keys.head)).toBe(true);
  for (const other of others) {
    expect(isHeadOf(other, keys.head)).toBe(false);
    expect(other.key).not.toEqual(keys.key);
    expect(other.baseNonce).not.toEqual(keys.baseNonce);
  }
  for (let i = 0; i < CHUNKED_HEAD_BYTES; i++) {
    expect(isHeadOf(keys, flipped(keys.head, i))).toBe(false);
  }
  expect(isHeadOf(keys, keys.head.subarray(0, 55))).toBe(false);
});

test("[CK4] the last chunk is always shorter than the others", () => {
  expect([0, 1, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1].map(chunksOf)).toEqual([
    1, 1, 1, 2, 2,
  ]);
  fc.assert(
    fc.property(fc.nat(10 * CHUNK_BYTES), (bytes) => {
      const last = bytes - (chunksOf(bytes) - 1) * CHUNK_BYTES;
      expect(last).toBeGreaterThanOrEqual(0);
      expect(last).toBeLessThan(CHUNK_BYTES);
      expect(chunkedLength(bytes)).toBe(56 + bytes + 16 * chunksOf(bytes));
    }),
  );
});
