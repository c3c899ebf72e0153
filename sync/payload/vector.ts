/**
 * VECTOR: what a device holds of a channel, log by log. Asked by whoever finds by a digest that it is
 * behind, and answered by where the other one is ahead. docs/protocol/sync.md, [PL10] and [DG4].
 *
 *     cbor [channel, asks, logs, forks]     logs = [[log, Known] …]    forks = [[first, second] …]
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
} from "../cbor-shape.ts";
import { HELD_SHAPE, type LogKnown } from "./backfill.ts";
import { FORK_PROOF, type ForkProof } from "./fork-proof.ts";
import { SESSION_BYTES_MAX, VECTOR_FORKS_MAX } from "./limits.ts";

export type Vector = {
  readonly channel: Uint8Array;
  /** True: "this is what I have, where are you ahead?" False: an answer. */
  readonly asks: boolean;
  /** Bounded like those of BACKFILL, newest logs first. What is left out is asked for another time. */
  readonly logs: readonly LogKnown[];
  /** Proofs without bodies: whoever asks may not have heard of them. */
  readonly forks: readonly ForkProof[];
};

const VECTOR: Shape<Vector> = recordShape<Vector>({
  channel: bytesShape(CHANNEL_ID_BYTES),
  asks: boolShape,
  logs: HELD_SHAPE,
  forks: listShape(FORK_PROOF, VECTOR_FORKS_MAX),
});

export const encodeVector = (vector: Vector): Uint8Array => encodeShaped(VECTOR, vector);

export const decodeVector = (bytes: Uint8Array): Result<Vector, DecodeError> =>
  decodeShaped(VECTOR, bytes, SESSION_BYTES_MAX);
