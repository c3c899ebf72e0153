/**
 * CHAIN: a sender chain handed over, with what its receiver needs to answer.
 * docs/protocol/sync.md, [PL4].
 *
 *     cbor [channel, chain, incarnation, card, acctState]
 */
import type { Result } from "../../crypto/base/result.ts";
import { HAND_OVER_BYTES } from "../../crypto/chain/sender-chain.ts";
import { CHANNEL_ID_BYTES } from "../../crypto/identity/channel-id.ts";
import {
  bytesShape,
  bytesUpTo,
  type DecodeError,
  decodeShaped,
  encodeShaped,
  nullable,
  recordShape,
  type Shape,
} from "../cbor-shape.ts";
import { INCARNATION_BYTES } from "../entry/entry.ts";
import { CARD_BYTES_MAX, SESSION_BYTES_MAX } from "./limits.ts";

export const ACCT_STATE_BYTES = 32;

export type ChainHandOver = {
  readonly channel: Uint8Array;
  /** As `handOverOf` makes it (crypto/chain/sender-chain.ts), of the same channel. Secret. */
  readonly chain: Uint8Array;
  /** Of the sender's log in the channel, 16 bytes: with it the receiver knows the log's id. */
  readonly incarnation: Uint8Array;
  /** The sender's newest card, with a renewed write token; null: as before. Not verified here. */
  readonly card: Uint8Array | null;
  /** Digest of the sender's account facts, 32 bytes: shows a revocation that was held back. */
  readonly acctState: Uint8Array;
};

const CHAIN: Shape<ChainHandOver> = recordShape<ChainHandOver>({
  channel: bytesShape(CHANNEL_ID_BYTES),
  chain: bytesShape(HAND_OVER_BYTES),
  incarnation: bytesShape(INCARNATION_BYTES),
  card: nullable(bytesUpTo(CARD_BYTES_MAX, 1)),
  acctState: bytesShape(ACCT_STATE_BYTES),
});

export const encodeChain = (chain: ChainHandOver): Uint8Array => encodeShaped(CHAIN, chain);

export const decodeChain = (bytes: Uint8Array): Result<ChainHandOver, DecodeError> =>
  decodeShaped(CHAIN, bytes, SESSION_BYTES_MAX);
