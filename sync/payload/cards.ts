/**
 * CARDS: facts and cards of others, as introductions that prove themselves; the answer to CARD WANT.
 * docs/protocol/sync.md, [PL11].
 *
 *     cbor [[introduction …]]
 */
import type { Result } from "../../crypto/base/result.ts";
import {
  bytesUpTo,
  type DecodeError,
  decodeShaped,
  encodeShaped,
  listShape,
  recordShape,
  type Shape,
} from "../cbor-shape.ts";
import { CARDS_WANTED_MAX, INTRODUCTION_BYTES_MAX, SESSION_BYTES_MAX } from "./limits.ts";

/** 1 to CARDS_WANTED_MAX, as `openIntroduction` reads them, together within a session message. */
export type Cards = { readonly introductions: readonly Uint8Array[] };

const CARDS: Shape<Cards> = recordShape<Cards>({
  introductions: listShape(bytesUpTo(INTRODUCTION_BYTES_MAX), CARDS_WANTED_MAX, 1),
});

export const encodeCards = (cards: Cards): Uint8Array => encodeShaped(CARDS, cards);

export const decodeCards = (bytes: Uint8Array): Result<Cards, DecodeError> =>
  decodeShaped(CARDS, bytes, SESSION_BYTES_MAX);
