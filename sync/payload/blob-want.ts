/**
 * BLOB_WANT: a blob that no relay has any more; whoever holds its content gives it to their relay again.
 * docs/protocol/media.md, [ME9].
 *
 *     cbor [channel, id]
 */
import type { Result } from "../../crypto/base/result.ts";
import { CHANNEL_ID_BYTES } from "../../crypto/identity/channel-id.ts";
import { BLOB_ID_BYTES } from "../../crypto/public/blob-id.ts";
import {
  bytesShape,
  type DecodeError,
  decodeShaped,
  encodeShaped,
  recordShape,
  type Shape,
} from "../cbor-shape.ts";
import { SESSION_BYTES_MAX } from "./limits.ts";

export type BlobWant = { readonly channel: Uint8Array; readonly id: Uint8Array };

const BLOB_WANT: Shape<BlobWant> = recordShape<BlobWant>({
  channel: bytesShape(CHANNEL_ID_BYTES),
  id: bytesShape(BLOB_ID_BYTES),
});

export const encodeBlobWant = (want: BlobWant): Uint8Array => encodeShaped(BLOB_WANT, want);

export const decodeBlobWant = (bytes: Uint8Array): Result<BlobWant, DecodeError> =>
  decodeShaped(BLOB_WANT, bytes, SESSION_BYTES_MAX);
