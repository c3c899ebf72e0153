/**
 * What device and relay compute alike about blobs: a blob is named by the plain BLAKE2b-256 of its
 * sealed bytes (`b2sum -l 256` says the same), and deleted by whoever shows the key whose hash came
 * with it. Rules [BL1] and [BL2] of docs/protocol/crypto.md.
 */
import { assert } from "../base/assert.ts";
import { sodium } from "../base/sodium.ts";
import { hash32 } from "./hash.ts";

export const BLOB_ID_BYTES = 32;
export const BLOB_DELETE_KEY_BYTES = 32;

export interface BlobHasher {
  /** The next sealed bytes, in order, in pieces of any size. */
  readonly update: (sealed: Uint8Array) => void;
  /** 32 bytes, once. A hasher that is dropped before leaves 384 bytes in libsodium's memory. */
  readonly digest: () => Uint8Array;
}

/** For sealed bytes that never lie in memory as a whole. */
export function blobHasher(): BlobHasher {
  const state = sodium.crypto_generichash_init(null, BLOB_ID_BYTES);
  let finished = false;
  return {
    update: (sealed) => {
      assert(!finished, "a hash that is still open");
      sodium.crypto_generichash_update(state, sealed);
    },
    digest: () => {
      assert(!finished, "a hash that is still open");
      finished = true;
      return sodium.crypto_generichash_final(state, BLOB_ID_BYTES);
    },
  };
}

/** 32 bytes. */
export const blobIdOf = (sealed: Uint8Array): Uint8Array =>
  sodium.crypto_generichash(BLOB_ID_BYTES, sealed, null);

/** 32 bytes: a relay keeps this; the key stays with the owner until the blob is to go. */
export function deleteKeyHashOf(deleteKey: Uint8Array): Uint8Array {
  assert(deleteKey.length === BLOB_DELETE_KEY_BYTES, "delete key length");
  return hash32("blob/delete", deleteKey);
}
