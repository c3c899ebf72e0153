/**
 * HISTORY_BLOB: history of a channel lies at a relay, for a device that is never here when its supplier is.
 * docs/protocol/backfill.md, [HY23].
 *
 *     cbor [channel, id, key, bytes]        the blob holds cbor [CHUNK …]
 */
import type { Result } from "../../crypto/base/result.ts";
import { CHANNEL_ID_BYTES } from "../../crypto/identity/channel-id.ts";
import { KEY_BYTES } from "../../crypto/kdf.ts";
import { BLOB_ID_BYTES } from "../../crypto/public/blob-id.ts";
import {
  bytesShape,
  bytesUpTo,
  type DecodeError,
  decodeShaped,
  encodeShaped,
  listShape,
  recordShape,
  type Shape,
  uintShape,
} from "../cbor-shape.ts";
import { HISTORY_BYTES_MAX, HISTORY_CHUNKS_MAX, SESSION_BYTES_MAX } from "./limits.ts";

export type HistoryBlob = {
  readonly channel: Uint8Array;
  readonly id: Uint8Array;
  readonly key: Uint8Array;
  /** Length of the content, HISTORY_BYTES_MAX at most. */
  readonly bytes: number;
};

const HISTORY_BLOB: Shape<HistoryBlob> = recordShape<HistoryBlob>({
  channel: bytesShape(CHANNEL_ID_BYTES),
  id: bytesShape(BLOB_ID_BYTES),
  key: bytesShape(KEY_BYTES),
  bytes: uintShape(HISTORY_BYTES_MAX, 1),
});

/** Encoded chunks, in the order in which they are to be taken in. */
const CHUNKS: Shape<readonly Uint8Array[]> = listShape(
  bytesUpTo(SESSION_BYTES_MAX, 1),
  HISTORY_CHUNKS_MAX,
  1,
);

export const encodeHistoryBlob = (blob: HistoryBlob): Uint8Array =>
  encodeShaped(HISTORY_BLOB, blob);

export const decodeHistoryBlob = (bytes: Uint8Array): Result<HistoryBlob, DecodeError> =>
  decodeShaped(HISTORY_BLOB, bytes, SESSION_BYTES_MAX);

export const encodeChunks = (chunks: readonly Uint8Array[]): Uint8Array =>
  encodeShaped(CHUNKS, chunks);

export const decodeChunks = (bytes: Uint8Array): Result<readonly Uint8Array[], DecodeError> =>
  decodeShaped(CHUNKS, bytes, HISTORY_BYTES_MAX);
