/**
 * FACTS: statements about the sender's account (crypto/identity/facts.ts), not verified here.
 * docs/protocol/sync.md, [PL5].
 *
 *     cbor [facts]
 */
import type { Result } from "../../crypto/base/result.ts";
import { FACT_BYTES_MAX, FACTS_MAX } from "../../crypto/identity/facts.ts";
import {
  bytesUpTo,
  type DecodeError,
  decodeShaped,
  encodeShaped,
  listShape,
  recordShape,
  type Shape,
} from "../cbor-shape.ts";
import { SESSION_BYTES_MAX } from "./limits.ts";

export type Facts = { readonly facts: readonly Uint8Array[] };

const FACTS: Shape<Facts> = recordShape<Facts>({
  facts: listShape(bytesUpTo(FACT_BYTES_MAX, 1), FACTS_MAX, 1),
});

export const encodeFacts = (facts: Facts): Uint8Array => encodeShaped(FACTS, facts);

export const decodeFacts = (bytes: Uint8Array): Result<Facts, DecodeError> =>
  decodeShaped(FACTS, bytes, SESSION_BYTES_MAX);
