/**
 * A blob: a file as it lies at a relay, sealed in chunks (chunks.ts) under a random key of its own,
 * with zeros behind its content up to a Padmé length. Its reference travels in entries: who holds
 * that can fetch and open it, and who holds the content as well makes the very same bytes again,
 * since salt and all the rest follow from the key. So a key seals one content and never another.
 *
 * Rules [BL3] to [BL8] of docs/protocol/crypto.md.
 */
import { assert } from "../base/assert.ts";
import { concat, equalBytes } from "../base/bytes.ts";
import { encodeLabelled } from "../base/labels.ts";
import type { Random } from "../base/random.ts";
import { err, ok, type Result } from "../base/result.ts";
import { kdf, KEY_BYTES } from "../kdf.ts";
import { paddedLength } from "../padding.ts";
import { blobHasher, blobIdOf } from "../public/blob-id.ts";
import { OPEN_FAILED, type OpenFailed } from "../xchacha.ts";
import {
  CHUNK_BYTES,
  CHUNKED_HEAD_BYTES,
  chunkedLength,
  type ChunkKeys,
  chunkKeysOf,
  chunksOf,
  isHeadOf,
  openChunk,
  SALT_BYTES,
  sealChunk,
  SEALED_CHUNK_BYTES,
} from "./chunks.ts";
import { rechunkerOf } from "./rechunk.ts";

export const BLOB_BYTES_MAX = 104_857_600;
const CONTEXT = encodeLabelled("blob");

/**
 * `id`: the relay's name for the sealed bytes. `key`: 32 random bytes, never made of the content:
 * two uploads of one file have nothing in common. `bytes`: length of the content.
 */
export type BlobReference = {
  readonly id: Uint8Array;
  readonly key: Uint8Array;
  readonly bytes: number;
};

/** The content was longer or shorter than was said before. */
export type BlobSizeDiffers = {
  readonly type: "BlobSizeDiffers";
  readonly said: number;
  readonly came: number;
};
export type BlobOpenError =
  /** Other bytes than the reference names: nothing of them was opened. */
  { readonly type: "BlobIdDiffers" } | OpenFailed;

/** For one file. */
export const makeBlobKey = (random: Random): Uint8Array => random(KEY_BYTES);

/** How long a file of `size` bytes is when padded and sealed: all that a relay learns of it. */
export const sealedBlobLength = (size: number): number => chunkedLength(paddedSize(size));

/** Where chunk `index` lies in the sealed bytes of a blob: from `start` to before `end`. */
export function sealedChunkAt(
  size: number,
  index: number,
): { readonly start: number; readonly end: number } {
  assert(index >= 0 && index < chunksOf(paddedSize(size)), "a chunk of this blob");
  const start = CHUNKED_HEAD_BYTES + index * SEALED_CHUNK_BYTES;
  return { start, end: Math.min(start + SEALED_CHUNK_BYTES, sealedBlobLength(size)) };
}

export interface BlobSealer {
  /** Sealed bytes to write, in order. Holds back less than one chunk. */
  readonly push: (content: Uint8Array) => readonly Uint8Array[];
  /** The last sealed bytes, padding included (at most 12 %, 2 MiB), and the blob's reference. */
  readonly finish: () => Result<
    { readonly sealed: readonly Uint8Array[]; readonly reference: BlobReference },
    BlobSizeDiffers
  >;
}

/** `size`: bytes of content that will be pushed, known before. */
export function blobSealerOf(key: Uint8Array, size: number): BlobSealer {
  assert(Number.isInteger(size) && size >= 0 && size <= BLOB_BYTES_MAX, "a size within its bound");
  const keys = keysOf(key);
  const hasher = blobHasher();
  const rechunker = rechunkerOf(CHUNK_BYTES);
  let came = 0;
  let index = 0;
  const hashed = (sealed: Uint8Array): Uint8Array => {
    hasher.update(sealed);
    return sealed;
  };
  const seal = (chunk: Uint8Array): Uint8Array => hashed(sealChunk(keys, index++, chunk));
  const started = (): readonly Uint8Array[] => (came === 0 ? [hashed(keys.head)] : []);
  return {
    push: (content) => {
      if (content.length === 0 || came + content.length > size) {
        came += content.length;
        return [];
      }
      const head = started();
      came += content.length;
      return [...head, ...rechunker.push(content).map(seal)];
    },
    finish: () => {
      if (came !== size) {
        hasher.digest();
        return err({ type: "BlobSizeDiffers", said: size, came });
      }
      const padding = new Uint8Array(paddedSize(size) - size);
      const sealed = [...started(), ...rechunker.push(padding).map(seal), seal(rechunker.rest())];
      return ok({ sealed, reference: { id: hasher.digest(), key, bytes: size } });
    },
  };
}

/** A blob that lies in memory: a thumbnail, a long text. */
export function sealBlob(
  key: Uint8Array,
  content: Uint8Array,
): { readonly sealed: Uint8Array; readonly reference: BlobReference } {
  const sealer = blobSealerOf(key, content.length);
  const first = sealer.push(content);
  const last = sealer.finish();
  assert(last.ok, "as much content as was said");
  return {
    sealed: concat(...first, ...last.value.sealed),
    reference: last.value.reference,
  };
}

export interface BlobOpener {
  /** All of them; some at the end may hold padding alone. */
  readonly chunks: number;
  /** The content in chunk `index`, in any order: 16 KiB, less at the end, nothing behind it. */
  readonly openChunk: (index: number, sealed: Uint8Array) => Result<Uint8Array, OpenFailed>;
}

/**
 * `seenId` is what the caller computed over all sealed bytes (`blobHasher`): nothing is opened
 * before the id was verified. `head`: their first 56 bytes.
 */
export function blobOpenerOf(
  reference: BlobReference,
  seenId: Uint8Array,
  head: Uint8Array,
): Result<BlobOpener, BlobOpenError> {
  if (!equalBytes(reference.id, seenId)) return err({ type: "BlobIdDiffers" });
  if (reference.bytes > BLOB_BYTES_MAX) return err(OPEN_FAILED);
  const keys = keysOf(reference.key);
  if (!isHeadOf(keys, head)) return err(OPEN_FAILED);
  const chunks = chunksOf(paddedSize(reference.bytes));
  return ok({
    chunks,
    openChunk: (index, sealed) =>
      index < chunks ? openAt(keys, reference.bytes, index, sealed) : err(OPEN_FAILED),
  });
}

/** A blob that lies in memory. */
export function openBlob(
  reference: BlobReference,
  sealed: Uint8Array,
): Result<Uint8Array, BlobOpenError> {
  const head = sealed.subarray(0, CHUNKED_HEAD_BYTES);
  const opener = blobOpenerOf(reference, blobIdOf(sealed), head);
  if (!opener.ok) return opener;
  if (sealed.length !== sealedBlobLength(reference.bytes)) return err(OPEN_FAILED);
  const content = new Uint8Array(reference.bytes);
  for (let index = 0; index < opener.value.chunks; index++) {
    const { start, end } = sealedChunkAt(reference.bytes, index);
    const chunk = opener.value.openChunk(index, sealed.subarray(start, end));
    if (!chunk.ok) return chunk;
    content.set(chunk.value, Math.min(index * CHUNK_BYTES, reference.bytes));
  }
  return ok(content);
}

/**
 * A blob that streams by in pieces of any size. Ends after the first error, and says `OpenFailed`
 * when the pieces end too early or too late: until it ended well, what came is not the whole file.
 */
export async function* openBlobStream(
  opener: BlobOpener,
  pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): AsyncGenerator<Result<Uint8Array, OpenFailed>> {
  const rechunker = rechunkerOf(SEALED_CHUNK_BYTES);
  let index = 0;
  let skip = CHUNKED_HEAD_BYTES;
  for await (const piece of pieces) {
    const behindHead = piece.subarray(skip);
    skip -= piece.length - behindHead.length;
    for (const sealed of rechunker.push(behindHead)) {
      const chunk = opener.openChunk(index, sealed);
      yield chunk;
      if (!chunk.ok) return;
      index += 1;
    }
  }
  yield opener.openChunk(index, rechunker.rest());
}

const keysOf = (key: Uint8Array): ChunkKeys =>
  chunkKeysOf(key, kdf(SALT_BYTES, key, "blob/salt"), CONTEXT);

/** Some zeros are enough to hide whether a file is empty. */
const paddedSize = (size: number): number => paddedLength(Math.max(size, 1));

function openAt(
  keys: ChunkKeys,
  size: number,
  index: number,
  sealed: Uint8Array,
): Result<Uint8Array, OpenFailed> {
  const { start, end } = sealedChunkAt(size, index);
  if (sealed.length !== end - start) return err(OPEN_FAILED);
  const chunk = openChunk(keys, index, sealed);
  if (!chunk.ok) return chunk;
  const kept = Math.max(0, Math.min(CHUNK_BYTES, size - index * CHUNK_BYTES));
  const isPadding = chunk.value.subarray(kept).every((byte) => byte === 0);
  return isPadding ? ok(chunk.value.subarray(0, kept)) : err(OPEN_FAILED);
}
