/**
 * PRESYNC: how many entries of each channel the sender holds, for another device of its account that
 * fetches history. Nothing but a measure of how far it is. docs/protocol/devices.md, [OD16].
 *
 *     cbor [[[channel, entries] …]]
 */
import type { Result } from "../../crypto/base/result.ts";
import { CHANNEL_ID_BYTES } from "../../crypto/identity/channel-id.ts";
import {
  bytesShape,
  type DecodeError,
  decodeShaped,
  encodeShaped,
  listShape,
  recordShape,
  type Shape,
  uintShape,
} from "../cbor-shape.ts";
import { SESSION_BYTES_MAX } from "./limits.ts";

/** Channels of one message, those that were written to last. */
export const PRESYNC_CHANNELS_MAX = 2_000;

export type Presync = {
  readonly channels: readonly { readonly channel: Uint8Array; readonly entries: number }[];
};

const PRESYNC: Shape<Presync> = recordShape<Presync>({
  channels: listShape(
    recordShape({ channel: bytesShape(CHANNEL_ID_BYTES), entries: uintShape() }),
    PRESYNC_CHANNELS_MAX,
  ),
});

export const encodePresync = (presync: Presync): Uint8Array => encodeShaped(PRESYNC, presync);

export const decodePresync = (bytes: Uint8Array): Result<Presync, DecodeError> =>
  decodeShaped(PRESYNC, bytes, SESSION_BYTES_MAX);
