/**
 * NACK: envelopes came under these tags, and the sender lacks their chains.
 * docs/protocol/sync.md, [PL7].
 *
 *     cbor [tags]
 */
import type { Result } from "../../crypto/base/result.ts";
import {
  bytesShape,
  type DecodeError,
  decodeShaped,
  encodeShaped,
  listShape,
  recordShape,
  type Shape,
} from "../cbor-shape.ts";
import { NACK_TAGS_MAX, SESSION_BYTES_MAX } from "./limits.ts";

const TAG_BYTES = 16;

/** 1 to NACK_TAGS_MAX tags of 16 bytes. */
export type Nack = { readonly tags: readonly Uint8Array[] };

const NACK: Shape<Nack> = recordShape<Nack>({
  tags: listShape(bytesShape(TAG_BYTES), NACK_TAGS_MAX, 1),
});

export const encodeNack = (nack: Nack): Uint8Array => encodeShaped(NACK, nack);

export const decodeNack = (bytes: Uint8Array): Result<Nack, DecodeError> =>
  decodeShaped(NACK, bytes, SESSION_BYTES_MAX);
