/** Blobs that are forgotten when the process ends: for tests, and for relays without a disk. */
import { concat, equalBytes } from "../../crypto/base/bytes.ts";
import { ok } from "../../crypto/base/result.ts";
import { blobIdOf } from "../../crypto/public/blob-id.ts";
import type { BlobId } from "../../sync/wire/ids.ts";
import { latin1 } from "../latin1.ts";
import { appendTo } from "./append.ts";
import type { BlobFiles } from "./blob-files.ts";

const PIECE_BYTES = 64 * 1024;

export function openMemoryBlobFiles(): BlobFiles {
  const drafts = new Map<string, Uint8Array>();
  const finished = new Map<string, Uint8Array<ArrayBuffer>>();
  const draftOf = (blob: BlobId): Uint8Array => drafts.get(latin1(blob)) ?? new Uint8Array(0);
  return {
    lengthOf: async (blob) => ok(draftOf(blob).length),
    append: async (blob, bytesMax, stream) =>
      ok(
        await appendTo({
          length: draftOf(blob).length,
          bytesMax,
          stream,
          write: async (bytes) => void drafts.set(latin1(blob), concat(draftOf(blob), bytes)),
        }),
      ),
    finish: async (blob) => {
      const bytes = drafts.get(latin1(blob));
      if (bytes === undefined) return ok(finished.has(latin1(blob)));
      drafts.delete(latin1(blob));
      if (!equalBytes(blobIdOf(bytes), blob)) return ok(false);
      finished.set(latin1(blob), new Uint8Array(bytes));
      return ok(true);
    },
    read: async (blob) => {
      const bytes = finished.get(latin1(blob));
      if (bytes === undefined) return ok(null);
      return ok({ bytes: bytes.length, stream: ReadableStream.from(piecesOf(bytes)) });
    },
    remove: async (blob) => {
      drafts.delete(latin1(blob));
      finished.delete(latin1(blob));
      return ok(undefined);
    },
  };
}

function* piecesOf(bytes: Uint8Array<ArrayBuffer>): Generator<Uint8Array<ArrayBuffer>> {
  for (let at = 0; at < bytes.length; at += PIECE_BYTES) yield bytes.slice(at, at + PIECE_BYTES);
}
