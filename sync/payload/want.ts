/**
 * WANT: entries that the sender lacks. docs/protocol/sync.md, [PL8].
 *
 *     cbor [channel, log, ranges]
 */
import type { Result } from "../../crypto/base/result.ts";
import { CHANNEL_ID_BYTES } from "../../crypto/identity/channel-id.ts";
import {
  bytesShape,
  type DecodeError,
  decodeShaped,
  encodeShaped,
  recordShape,
  type Shape,
} from "../cbor-shape.ts";
import { LOG_ID_BYTES } from "../entry/entry.ts";
import { rangesShape, type SeqRange } from "../log/known.ts";
import { SESSION_BYTES_MAX, WANT_RANGES_MAX } from "./limits.ts";

export type Want = {
  readonly channel: Uint8Array;
  readonly log: Uint8Array;
  /** 1 to WANT_RANGES_MAX, ascending, not touching. How much is served is for the asked to decide. */
  readonly ranges: readonly SeqRange[];
};

const WANT: Shape<Want> = recordShape<Want>({
  channel: bytesShape(CHANNEL_ID_BYTES),
  log: bytesShape(LOG_ID_BYTES),
  ranges: rangesShape(WANT_RANGES_MAX, 1),
});

export const encodeWant = (want: Want): Uint8Array => encodeShaped(WANT, want);

export const decodeWant = (bytes: Uint8Array): Result<Want, DecodeError> =>
  decodeShaped(WANT, bytes, SESSION_BYTES_MAX);
