/**
 * CURSOR WANT: "what of this channel do you hold, and what have you read?" For groups in which nobody
 * tells it unasked. The answer is a cursor. docs/protocol/sync.md, [PL12].
 *
 *     cbor [channel]
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
import { SESSION_BYTES_MAX } from "./limits.ts";

export type CursorWant = { readonly channel: Uint8Array };

const CURSOR_WANT: Shape<CursorWant> = recordShape<CursorWant>({
  channel: bytesShape(CHANNEL_ID_BYTES),
});

export const encodeCursorWant = (want: CursorWant): Uint8Array => encodeShaped(CURSOR_WANT, want);

export const decodeCursorWant = (bytes: Uint8Array): Result<CursorWant, DecodeError> =>
  decodeShaped(CURSOR_WANT, bytes, SESSION_BYTES_MAX);
