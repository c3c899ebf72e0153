import { blake2b } from "@noble/hashes/blake2.js";
import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";

import { concat } from "../../../crypto/base/bytes.ts";
import { toHex } from "../../../crypto/base/hex.ts";
import { ready } from "../../../crypto/base/sodium.ts";
import {
  BLOB_BYTES_MAX,
  blobOpenerOf,
  type BlobReference,
  blobSealerOf,
  makeBlobKey,
  openBlob,
  openBlobStream,
  sealBlob,
  sealedBlobLength,
  sealedChunkAt,
} from "../../../crypto/media/blob.ts";
import {
  CHUNK_BYTES,
  CHUNKED_HEAD_BYTES,
  SEALED_CHUNK_BYTES,
} from "../../../crypto/media/chunks.ts";
import { blobHasher, blobIdOf, deleteKeyHashOf } from "../../../crypto/public/blob-id.ts";
import { bytesOf, flipped, randomOf, unwrap } from "../people.ts";

beforeAll(() => ready);

const FAILED = { ok: false, error: { type: "OpenFailed" } };
const blobKey = makeBlobKey(randomOf(1));
const contentOf = (bytes: number): Uint8Array => randomOf(bytes)(bytes);
/** Around every border: of chunks, of padding, of both. */
const sizes = fc.oneof(
  fc.nat(300),
  fc.nat(4 * CHUNK_BYTES),
  fc.constantFrom(
    0,
    1,
    CHUNK_BYTES - 1,
    CHUNK_BYTES,
    CHUNK_BYTES + 1,
    2 * CHUNK_BYTES,
    63 * 512,
    5 * CHUNK_BYTES,
  ),
);
/** The same bytes in pieces of the given sizes, over and over. */
function* pieces(bytes: Uint8Array, lengths: readonly number[]): Generator<Uint8Array> {
  let at = 0;
  for (let i = 0; at < bytes.length; i++) {
    const length = Math.max(1, lengths[i % lengths.length] ?? 1);
    yield bytes.subarray(at, at + length);
    at += length;
  }
}
const lengths = fc.array(fc.integer({ min: 1, max: 40_000 }), { minLength: 1, maxLength: 4 });

function openerOf(reference: BlobReference, sealed: Uint8Array) {
  return unwrap(blobOpenerOf(reference, blobIdOf(sealed), sealed.subarray(0, CHUNKED_HEAD_BYTES)));
}

async function streamed(
  reference: BlobReference,
  sealed: Uint8Array,
  shown: Iterable<Uint8Array>,
): Promise<{ content: Uint8Array; ok: boolean }> {
  const came: Uint8Array[] = [];
  for await (const piece of openBlobStream(openerOf(reference, sealed), shown)) {
    if (!piece.ok) return { content: concat(...came), ok: false };
    came.push(piece.value.slice());
  }
  return { content: concat(...came), ok: true };
}

test("[BL1] the id is the BLAKE2b-256 that anybody computes, in pieces or at once", () => {
  expect(toHex(blobIdOf(new Uint8Array(0)))).toBe(
    "0e5751c026e543b2e8ab2eb06099daa1d1e5df47778f7787faab45cdf12fe3a8",
  );
  const sealed = contentOf(70_000);
  const id = toHex(blobIdOf(sealed));
  expect(toHex(blake2b(sealed, { dkLen: 32 }))).toBe(id);
  fc.assert(
    fc.property(lengths, (cut) => {
      const hasher = blobHasher();
      for (const piece of pieces(sealed, cut)) hasher.update(piece);
      expect(toHex(hasher.digest())).toBe(id);
    }),
    { numRuns: 20 },
  );
});

test("[BL2] a relay keeps a hash of the delete key, not the key", () => {
  const [one, two] = [deleteKeyHashOf(bytesOf(32, 1)), deleteKeyHashOf(bytesOf(32, 2))];
  expect([one.length, two.length]).toEqual([32, 32]);
  expect(one).not.toEqual(two);
  expect(one).not.toEqual(bytesOf(32, 1));
});

test("[BL3] content of any size comes back, however it was cut on both ways", async () => {
  await fc.assert(
    fc.asyncProperty(sizes, lengths, lengths, async (size, cut, otherCut) => {
      const content = contentOf(size);
      const sealer = blobSealerOf(blobKey, size);
      const first = [...pieces(content, cut)].flatMap((piece) => sealer.push(piece));
      const last = unwrap(sealer.finish());
      const sealed = concat(...first, ...last.sealed);
      expect(last.reference).toEqual({ key: blobKey, bytes: size, id: blobIdOf(sealed) });
      expect(sealed.length).toBe(sealedBlobLength(size));
      expect(Buffer.compare(unwrap(openBlob(last.reference, sealed)), content)).toBe(0);
      const back = await streamed(last.reference, sealed, pieces(sealed, otherCut));
      expect([back.ok, Buffer.compare(back.content, content)]).toEqual([true, 0]);
    }),
    { numRuns: 60 },
  );
});

test("[BL3] a sealer holds back less than a chunk, and says so when the size was not true", () => {
  const sealer = blobSealerOf(blobKey, 10 * CHUNK_BYTES);
  let written = 0;
  for (let i = 1; i <= 10 * 16; i++) {
    for (const sealed of sealer.push(bytesOf(1_024, i))) written += sealed.length;
    expect(i * 1_024 - written).toBeLessThan(CHUNK_BYTES);
  }
  const short = blobSealerOf(blobKey, 10);
  short.push(bytesOf(9, 1));
  expect(short.finish()).toEqual({
    ok: false,
    error: { type: "BlobSizeDiffers", said: 10, came: 9 },
  });
  const long = blobSealerOf(blobKey, 10);
  expect([...long.push(bytesOf(9, 1)), ...long.push(bytesOf(2, 1))].length).toBe(1);
  expect(long.finish()).toMatchObject({ error: { type: "BlobSizeDiffers", came: 11 } });
});

test("[BL4] the same key and content are the same bytes; another key shares nothing", () => {
  const content = contentOf(20_000);
  const one = sealBlob(blobKey, content);
  expect(sealBlob(blobKey, content)).toEqual(one);
  const other = sealBlob(makeBlobKey(randomOf(2)), content);
  expect(other.reference.id).not.toEqual(one.reference.id);
  expect(other.sealed.length).toBe(one.sealed.length);
  expect(other.reference.key).not.toEqual(one.reference.key);
});

test("[BL5] nothing is opened before its id was verified", () => {
  const { sealed, reference } = sealBlob(blobKey, contentOf(40_000));
  const head = sealed.subarray(0, CHUNKED_HEAD_BYTES);
  const differs = { ok: false, error: { type: "BlobIdDiffers" } };
  expect(openBlob(reference, flipped(sealed, 30_000))).toEqual(differs);
  expect(openBlob(reference, sealed.subarray(0, sealed.length - 1))).toEqual(differs);
  expect(openBlob(reference, concat(sealed, Uint8Array.of(0)))).toEqual(differs);
  expect(blobOpenerOf(reference, bytesOf(32, 0), head)).toEqual(differs);
  const other = sealBlob(makeBlobKey(randomOf(2)), contentOf(40_000));
  expect(openBlob(reference, other.sealed)).toEqual(differs);
  expect(openBlob({ ...reference, id: other.reference.id }, other.sealed)).toEqual(FAILED);
  // Chunks that open, behind a commitment to another key: such a blob might open in two ways.
  const twofold = flipped(sealed, 30);
  expect(openBlob({ ...reference, id: blobIdOf(twofold) }, twofold)).toEqual(FAILED);
});

test("[BL6] any chunk opens alone, with what of the content lies in it", () => {
  const content = contentOf(3 * CHUNK_BYTES + 5);
  const { sealed, reference } = sealBlob(blobKey, content);
  const opener = openerOf(reference, sealed);
  for (let index = opener.chunks - 1; index >= 0; index--) {
    const { start, end } = sealedChunkAt(content.length, index);
    const expected = content.subarray(index * CHUNK_BYTES, (index + 1) * CHUNK_BYTES);
    expect(unwrap(opener.openChunk(index, sealed.subarray(start, end)))).toEqual(expected);
  }
  expect(opener.openChunk(opener.chunks, sealed.subarray(0, 16))).toEqual(FAILED);
});

test("[BL7] cut, swapped, doubled and altered chunks are refused", async () => {
  const content = contentOf(4 * CHUNK_BYTES);
  const { sealed, reference } = sealBlob(blobKey, content);
  const head = sealed.subarray(0, CHUNKED_HEAD_BYTES);
  const chunks = [...pieces(sealed.subarray(CHUNKED_HEAD_BYTES), [SEALED_CHUNK_BYTES])];
  const all = [head, ...chunks];
  const wrong = {
    "cut by a chunk": all.slice(0, -1),
    "cut by a byte": [...all.slice(0, -1), all.at(-1)!.subarray(1)],
    empty: [],
    "head alone": [head],
    swapped: all.with(1, chunks[1]!).with(2, chunks[0]!),
    doubled: [head, chunks[0]!, ...chunks],
    longer: [...all, chunks[0]!],
    "a byte longer": [...all, Uint8Array.of(0)],
    altered: all.with(3, flipped(chunks[2]!, 5)),
  };
  for (const [how, shown] of Object.entries(wrong)) {
    const { ok, content: came } = await streamed(reference, sealed, shown);
    expect({ how, ok }).toEqual({ how, ok: false });
    expect(Buffer.compare(came, content.subarray(0, came.length))).toBe(0);
  }
  expect(await streamed(reference, sealed, all)).toEqual({ content, ok: true });
});

test("[BL7] a reference that lies about the size opens nothing more and nothing less", () => {
  const { sealed, reference } = sealBlob(blobKey, contentOf(5_000));
  for (const bytes of [4_999, 4_990, 4_000, 0, 5_121, 100_000]) {
    expect(openBlob({ ...reference, bytes }, sealed)).toEqual(FAILED);
  }
  // Within the padding, zeros behind the content are all that a longer size can show.
  const longer = unwrap(openBlob({ ...reference, bytes: 5_100 }, sealed));
  expect(longer).toEqual(concat(contentOf(5_000), new Uint8Array(100)));
  expect(openBlob({ ...reference, bytes: BLOB_BYTES_MAX + 1 }, sealed)).toEqual(FAILED);
  expect(openBlob({ ...reference, key: bytesOf(32, 0) }, sealed)).toEqual(FAILED);
});

test("[BL8] a relay sees one of few lengths", () => {
  expect([0, 1, 128].map(sealedBlobLength)).toEqual(Array.from({ length: 3 }, () => 56 + 128 + 16));
  expect(sealedBlobLength(129)).toBe(56 + 256 + 16);
  fc.assert(
    fc.property(fc.integer({ min: 4_097, max: BLOB_BYTES_MAX }), (size) => {
      const padded = sealedBlobLength(size) - 56 - 16;
      expect(padded).toBeGreaterThanOrEqual(size);
      expect(padded).toBeLessThan(size * 1.13 + 16);
      expect(sealedBlobLength(size)).toBeGreaterThanOrEqual(sealedBlobLength(size - 1));
    }),
  );
  const kinds = new Set(Array.from({ length: 50_000 }, (_, i) => sealedBlobLength(1_000_000 + i)));
  expect(kinds.size).toBe(4);
});
