/**
 * CARD WANT: "where are these people reached now?" Their relays refuse what is sent to where they were.
 * docs/protocol/sync.md, [PL11].
 *
 *     cbor [[account 32 …]]
 */
import type { Result } from "../../crypto/base/result.ts";
import { ACCOUNT_ID_BYTES } from "../../crypto/identity/account.ts";
import {
  bytesShape,
  type DecodeError,
  decodeShaped,
  encodeShaped,
  listShape,
  recordShape,
  type Shape,
} from "../cbor-shape.ts";
import { CARDS_WANTED_MAX, SESSION_BYTES_MAX } from "./limits.ts";

/** 1 to CARDS_WANTED_MAX. */
export type CardWant = { readonly accounts: readonly Uint8Array[] };

const CARD_WANT: Shape<CardWant> = recordShape<CardWant>({
  accounts: listShape(bytesShape(ACCOUNT_ID_BYTES), CARDS_WANTED_MAX, 1),
});

export const encodeCardWant = (want: CardWant): Uint8Array => encodeShaped(CARD_WANT, want);

export const decodeCardWant = (bytes: Uint8Array): Result<CardWant, DecodeError> =>
  decodeShaped(CARD_WANT, bytes, SESSION_BYTES_MAX);
