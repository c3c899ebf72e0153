/**
 * What is too large for an entry lies on a relay as an encrypted blob; whoever holds its reference
 * can fetch, check and open it. `cbor [id, key, bytes, relays]`. docs/protocol/messages.md, [MB2].
 */
import { RELAY_URL_BYTES_MAX } from "../../crypto/identity/relay-url.ts";
import { KEY_BYTES } from "../../crypto/kdf.ts";
import type { BlobReference } from "../../crypto/media/blob.ts";
import { BLOB_ID_BYTES } from "../../crypto/public/blob-id.ts";
import {
  bytesShape,
  listShape,
  recordShape,
  type Shape,
  textShape,
  textUpTo,
  uintShape,
} from "../cbor-shape.ts";
import { LATER_FIELDS_MAX } from "./later-fields.ts";

/** Where it was put: both home relays. */
export const BLOB_RELAYS_MAX = 2;
export const ATTACHMENTS_MAX = 16;
const MEDIA_TYPE_BYTES_MAX = 128;
const FILE_NAME_BYTES_MAX = 255;

/** An encoded attachment of this version: all bounds, and the heads of its fields. */
export const ATTACHMENT_BYTES_MAX =
  BLOB_ID_BYTES +
  KEY_BYTES +
  BLOB_RELAYS_MAX * RELAY_URL_BYTES_MAX +
  MEDIA_TYPE_BYTES_MAX +
  FILE_NAME_BYTES_MAX +
  40;

export type BlobRef = BlobReference & {
  /** Origins, as the author wrote them: parse before use. */
  readonly relays: readonly string[];
};

export type Attachment = {
  readonly blob: BlobRef;
  /** Media type, a claim of the author's: sniff before use. */
  readonly type: string;
  /** File name without folders, "" = none; a claim as well. */
  readonly name: string;
};

export const BLOB_SHAPE: Shape<BlobRef> = recordShape<BlobRef>({
  id: bytesShape(BLOB_ID_BYTES),
  key: bytesShape(KEY_BYTES),
  bytes: uintShape(Number.MAX_SAFE_INTEGER, 1),
  relays: listShape(textShape(RELAY_URL_BYTES_MAX), BLOB_RELAYS_MAX),
});

export const ATTACHMENT_SHAPE: Shape<Attachment> = recordShape<Attachment>(
  {
    blob: BLOB_SHAPE,
    type: textShape(MEDIA_TYPE_BYTES_MAX),
    name: textUpTo(FILE_NAME_BYTES_MAX),
  },
  LATER_FIELDS_MAX,
);
