/**
 * Where the sealed bytes of blobs lie. Which blobs there are, whose and how long, is in the store; a file
 * is made after its row and removed before it, so that none is ever left over.
 *
 * Contract, run by tests/contract/blob-files.ts against every implementation:
 *   BF1  What `append` was given comes back from `read` once it is finished, byte for byte.
 *   BF2  What came before a stream broke is kept, and can be gone on from.
 *   BF3  `finish` takes only bytes that hash to the blob's id; others are forgotten.
 *   BF4  What was finished is there after a crash of process or machine; finishing again says the same.
 *   BF5  No more than so many bytes are taken.
 *   BF6  What was removed is not there; a read that had begun goes on.
 */
import type { Result } from "../../crypto/base/result.ts";
import type { BlobId } from "../../sync/wire/ids.ts";
import type { StoreError } from "../store/store.ts";

export type BlobStream = ReadableStream<Uint8Array<ArrayBuffer>>;

/** `length`: of all that is there now. */
export type Appended = {
  readonly length: number;
  readonly ended: "whole" | "broken" | "tooLong";
};

/** One call at a time for each blob; reads may come any time. */
export interface BlobFiles {
  /** Bytes that have come; 0 for none. */
  readonly lengthOf: (blob: BlobId) => Promise<Result<number, StoreError>>;
  /** Adds to its end, up to `bytesMax` in all. */
  readonly append: (
    blob: BlobId,
    bytesMax: number,
    stream: ReadableStream<Uint8Array> | null,
  ) => Promise<Result<Appended, StoreError>>;
  /** True: durable. False: these are not its bytes, and they are gone. */
  readonly finish: (blob: BlobId) => Promise<Result<boolean, StoreError>>;
  /** Null when it is not there, or not finished. Nothing is held open before the stream is read. */
  readonly read: (
    blob: BlobId,
  ) => Promise<Result<{ readonly bytes: number; readonly stream: BlobStream } | null, StoreError>>;
  readonly remove: (blob: BlobId) => Promise<Result<void, StoreError>>;
}
