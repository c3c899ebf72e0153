/**
 * VECTOR: what a device holds of a channel, log by log. Asked by whoever finds by a digest that it is
 * behind, and answered by where the other one is ahead. docs/protocol/sync.md, [PL10] and [DG4].
 *
 *     cbor [channel, asks, logs, forks]
 *     logs = [[log, Known, head, hash8] …]        forks = [[first, second] …]
 */
import type { Result } from "../../crypto/base/result.ts";
import { CHANNEL_ID_BYTES } from "../../crypto/identity/channel-id.ts";
import {
  boolShape,
  bytesShape,
  type DecodeError,
  decodeShaped,
  encodeShaped,
  listShape,
  recordShape,
  type Shape,
  uintShape,
} from "../cbor-shape.ts";
import { DEP_HASH_BYTES, LOG_ID_BYTES } from "../entry/entry.ts";
import { type Known, knownShape, SEQ_MAX } from "../log/known.ts";
import { FORK_PROOF, type ForkProof } from "./fork-proof.ts";
import {
  BACKFILL_LOGS_MAX,
  BACKFILL_RANGES_MAX,
  SESSION_BYTES_MAX,
  VECTOR_FORKS_MAX,
} from "./limits.ts";

export type LogHead = {
  readonly log: Uint8Array;
  readonly known: Known;
  /** Number of the last entry before the first hole, and the first 8 bytes of its entryId; 0: none. */
  readonly head: number;
  readonly hash8: Uint8Array;
};

export type Vector = {
  readonly channel: Uint8Array;
  /** True: "this is what I have, where are you ahead?" False: an answer. */
  readonly asks: boolean;
  /** Bounded like those of BACKFILL, newest logs first. What is left out is asked for another time. */
  readonly logs: readonly LogHead[];
  /** Proofs without bodies: whoever asks may not have heard of them. */
  readonly forks: readonly ForkProof[];
};

const LOG_HEAD: Shape<LogHead> = recordShape<LogHead>({
  log: bytesShape(LOG_ID_BYTES),
  known: knownShape(BACKFILL_RANGES_MAX),
  head: uintShape(SEQ_MAX),
  hash8: bytesShape(DEP_HASH_BYTES),
});

const VECTOR: Shape<Vector> = recordShape<Vector>({
  channel: bytesShape(CHANNEL_ID_BYTES),
  asks: boolShape,
  logs: listShape(LOG_HEAD, BACKFILL_LOGS_MAX),
  forks: listShape(FORK_PROOF, VECTOR_FORKS_MAX),
});

export const encodeVector = (vector: Vector): Uint8Array => encodeShaped(VECTOR, vector);

export const decodeVector = (bytes: Uint8Array): Result<Vector, DecodeError> =>
  decodeShaped(VECTOR, bytes, SESSION_BYTES_MAX);
