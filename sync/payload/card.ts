/**
 * CARD: the sender's newest card (crypto/identity/card.ts), not verified here.
 * docs/protocol/sync.md, [PL5].
 *
 *     cbor [card]
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
import { CARD_BYTES_MAX, SESSION_BYTES_MAX } from "./limits.ts";

export type CardPayload = { readonly card: Uint8Array };

const CARD: Shape<CardPayload> = recordShape<CardPayload>({ card: bytesUpTo(CARD_BYTES_MAX, 1) });

export const encodeCardPayload = (card: CardPayload): Uint8Array => encodeShaped(CARD, card);

export const decodeCardPayload = (bytes: Uint8Array): Result<CardPayload, DecodeError> =>
  decodeShaped(CARD, bytes, SESSION_BYTES_MAX);
