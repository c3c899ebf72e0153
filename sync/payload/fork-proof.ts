/**
 * FORKPROOF: two entries of one log with one number, both signed by its device. It proves itself to
 * whoever knows the log's key, whoever brings it. docs/protocol/sync.md, [FK1].
 *
 *     cbor [first, second]        two encoded entries, with or without their bodies
 */
import type { Result } from "../../crypto/base/result.ts";
import {
  bytesUpTo,
  type DecodeError,
  decodeShaped,
  encodeShaped,
  recordShape,
  type Shape,
} from "../cbor-shape.ts";
import { FORK_PROOF_BYTES_MAX } from "./limits.ts";

export type ForkProof = { readonly first: Uint8Array; readonly second: Uint8Array };

export const FORK_PROOF: Shape<ForkProof> = recordShape<ForkProof>({
  first: bytesUpTo(FORK_PROOF_BYTES_MAX, 1),
  second: bytesUpTo(FORK_PROOF_BYTES_MAX, 1),
});

export const encodeForkProof = (proof: ForkProof): Uint8Array => encodeShaped(FORK_PROOF, proof);

/** Checks form alone: what it proves says sync/heal/forks.ts. */
export const decodeForkProof = (bytes: Uint8Array): Result<ForkProof, DecodeError> =>
  decodeShaped(FORK_PROOF, bytes, FORK_PROOF_BYTES_MAX);
