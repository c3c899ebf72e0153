/**
 * Chunked encryption as c2sp.org/chunked-encryption (v1) has it, with HKDF-Expand of SHA-512 and
 * AEAD_CHACHA20_POLY1305: a stream is sealed and opened 16 KiB at a time, any chunk alone, and a
 * cut, a swap or a longer end is noticed.
 *
 * | offset         | bytes    | field      |                                                        |
 * | -------------: | -------: | ---------- | ------------------------------------------------------ |
 * |              0 |       24 | salt       | random, never twice under one key                      |
 * |             24 |       32 | commitment | of the expansion below: no blob opens under two keys   |
 * | 56 + k · 16400 | ≤ 16,400 | chunk k    | 16 KiB and tag; the last holds less, perhaps nothing   |
 *
 *     key 32 | base nonce 12 | commitment 32 = HKDF-Expand(input key, name | 0 | salt | context)
 *     nonce of chunk k = base nonce xor k, big-endian
 *
 * Rules [CK1] to [CK4] of docs/protocol/crypto.md.
 */
import { assert } from "../base/assert.ts";
import { concat, equalBytes, utf8, wipe } from "../base/bytes.ts";
import { err, ok, type Result } from "../base/result.ts";
import { sodium } from "../base/sodium.ts";
import { KEY_BYTES } from "../kdf.ts";
import { AEAD_TAG_BYTES, OPEN_FAILED, type OpenFailed } from "../xchacha.ts";

export const CHUNK_BYTES = 16_384;
export const SEALED_CHUNK_BYTES = CHUNK_BYTES + AEAD_TAG_BYTES;
export const SALT_BYTES = 24;
/** Salt and commitment. */
export const CHUNKED_HEAD_BYTES = SALT_BYTES + KEY_BYTES;
const NONCE_BYTES = 12;
/** More than any blob has, and what a nonce's last four bytes can count. */
const CHUNKS_MAX = 2 ** 32;
const NAME = utf8("c2sp.org/chunked-encryption@v1+AEAD_CHACHA20_POLY1305\0");
const SHA512_BLOCK_BYTES = 128;

/** `head` is what the sealed bytes begin with. */
export type ChunkKeys = {
  readonly key: Uint8Array;
  readonly baseNonce: Uint8Array;
  readonly head: Uint8Array;
};

/** `inputKey`: 32 random bytes; `context` is bound, not sent. */
export function chunkKeysOf(
  inputKey: Uint8Array,
  salt: Uint8Array,
  context: Uint8Array,
): ChunkKeys {
  assert(inputKey.length === KEY_BYTES, "input key length");
  assert(salt.length === SALT_BYTES, "salt length");
  const expanded = expand(inputKey, concat(NAME, salt, context));
  const nonceEnd = KEY_BYTES + NONCE_BYTES;
  const keys = {
    key: expanded.slice(0, KEY_BYTES),
    baseNonce: expanded.slice(KEY_BYTES, nonceEnd),
    head: concat(salt, expanded.subarray(nonceEnd, nonceEnd + KEY_BYTES)),
  };
  wipe(expanded);
  return keys;
}

/** How many chunks so many bytes are: the last one always has room left. */
export const chunksOf = (bytes: number): number => Math.floor(bytes / CHUNK_BYTES) + 1;

export const chunkedLength = (bytes: number): number =>
  CHUNKED_HEAD_BYTES + bytes + chunksOf(bytes) * AEAD_TAG_BYTES;

export const isHeadOf = (keys: ChunkKeys, head: Uint8Array): boolean => equalBytes(keys.head, head);

/** Each index once, unless with the same bytes. */
export function sealChunk(keys: ChunkKeys, index: number, chunk: Uint8Array): Uint8Array {
  assert(chunk.length <= CHUNK_BYTES, "a chunk within its size");
  return sodium.crypto_aead_chacha20poly1305_ietf_encrypt(
    chunk,
    null,
    null,
    nonceOf(keys, index),
    keys.key,
  );
}

export function openChunk(
  keys: ChunkKeys,
  index: number,
  sealed: Uint8Array,
): Result<Uint8Array, OpenFailed> {
  const nonce = nonceOf(keys, index);
  try {
    return ok(
      sodium.crypto_aead_chacha20poly1305_ietf_decrypt(null, sealed, null, nonce, keys.key),
    );
  } catch {
    return err(OPEN_FAILED);
  }
}

function nonceOf({ baseNonce }: ChunkKeys, index: number): Uint8Array {
  assert(Number.isInteger(index) && index >= 0 && index < CHUNKS_MAX, "a chunk's number");
  const nonce = baseNonce.slice();
  const view = new DataView(nonce.buffer);
  view.setUint32(8, view.getUint32(8) ^ index);
  return nonce;
}

/** HKDF-Expand (RFC 5869, section 2.3) with SHA-512 and a key of 32 bytes: the first 128 bytes. */
function expand(key: Uint8Array, info: Uint8Array): Uint8Array {
  const first = hmac(key, concat(info, Uint8Array.of(1)));
  return concat(first, hmac(key, concat(first, info, Uint8Array.of(2))));
}

/** HMAC-SHA-512 (RFC 2104), for keys up to a block: libsodium's own gives half of it. */
function hmac(key: Uint8Array, message: Uint8Array): Uint8Array {
  const block = new Uint8Array(SHA512_BLOCK_BYTES);
  block.set(key);
  const inner = sodium.crypto_hash(
    concat(
      block.map((byte) => byte ^ 0x36),
      message,
    ),
  );
  const outer = block.map((byte) => byte ^ 0x5c);
  wipe(block);
  return sodium.crypto_hash(concat(outer, inner));
}
