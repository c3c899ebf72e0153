/**
 * BACKFILL: "send me what I lack of this channel". docs/protocol/backfill.md, [HY6].
 *
 *     cbor [channel, held]        held: [[log, known] …], what the asker has
 *
 * The question says where the asker stands, so an answer that is lost, or an asker that was closed in
 * the middle, costs the same question again and nothing else.
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
} from "../cbor-shape.ts";
import { LOG_ID_BYTES } from "../entry/entry.ts";
import { type Known, knownShape } from "../log/known.ts";
import { BACKFILL_LOGS_MAX, BACKFILL_RANGES_MAX, SESSION_BYTES_MAX } from "./limits.ts";

export type LogKnown = { readonly log: Uint8Array; readonly known: Known };

export type Backfill = {
  readonly channel: Uint8Array;
  /** At most BACKFILL_LOGS_MAX logs of BACKFILL_RANGES_MAX ranges: what is left out comes again. */
  readonly held: readonly LogKnown[];
};

export const HELD_SHAPE: Shape<readonly LogKnown[]> = listShape(
  recordShape<LogKnown>({
    log: bytesShape(LOG_ID_BYTES),
    known: knownShape(BACKFILL_RANGES_MAX),
  }),
  BACKFILL_LOGS_MAX,
);

const BACKFILL: Shape<Backfill> = recordShape<Backfill>({
  channel: bytesShape(CHANNEL_ID_BYTES),
  held: HELD_SHAPE,
});

export const encodeBackfill = (backfill: Backfill): Uint8Array => encodeShaped(BACKFILL, backfill);

export const decodeBackfill = (bytes: Uint8Array): Result<Backfill, DecodeError> =>
  decodeShaped(BACKFILL, bytes, SESSION_BYTES_MAX);
