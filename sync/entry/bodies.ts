/**
 * What entries say, by kind. docs/protocol/sync.md, [BO1] to [BO4].
 *
 *     message   cbor [text]
 *     log.open  cbor [accountKey, certificates, incarnation]
 *
 * Up to LATER_FIELDS_MAX further fields at the end are passed over, so that a newer app can add to a
 * message (a quotation, say) and an older one still shows its text.
 */
import { ok, type Result } from "../../crypto/base/result.ts";
import {
  bytesShape,
  bytesUpTo,
  type DecodeError,
  decodeShaped,
  encodeShaped,
  listShape,
  recordShape,
  type Shape,
  textShape,
} from "../cbor-shape.ts";
import { ENTRY_BYTES_MAX } from "../wire/limits.ts";
import { INCARNATION_BYTES } from "./entry.ts";
import { KINDS } from "./kinds.ts";
import { TEXT_BYTES_MAX } from "./text.ts";

export const LATER_FIELDS_MAX = 16;
/** From the signing device up to the account key. */
export const CERTIFICATE_CHAIN_MAX = 10;
export const CERTIFICATE_BYTES_MAX = 1_024;
const ACCOUNT_KEY_BYTES = 32;

export type MessageBody = { readonly text: string };

/** Who signs the log. Proves nothing by itself: check the certificates. */
export type LogOpenBody = {
  readonly accountKey: Uint8Array;
  /** The device's own first, then its issuer's, up to one that the account key issued. */
  readonly certificates: readonly Uint8Array[];
  readonly incarnation: Uint8Array;
};

export type Body =
  | ({ readonly type: "message" } & MessageBody)
  | ({ readonly type: "logOpen" } & LogOpenBody)
  /** Of a kind that this version has no reading of. The entry is good: keep it. */
  | { readonly type: "unknown"; readonly kind: number };

const MESSAGE: Shape<MessageBody> = recordShape<MessageBody>(
  { text: textShape(TEXT_BYTES_MAX) },
  LATER_FIELDS_MAX,
);

const LOG_OPEN: Shape<LogOpenBody> = recordShape<LogOpenBody>(
  {
    accountKey: bytesShape(ACCOUNT_KEY_BYTES),
    certificates: listShape(bytesUpTo(CERTIFICATE_BYTES_MAX, 1), CERTIFICATE_CHAIN_MAX, 1),
    incarnation: bytesShape(INCARNATION_BYTES),
  },
  LATER_FIELDS_MAX,
);

/** The text went through `checkText`. */
export const encodeMessage = (body: MessageBody): Uint8Array => encodeShaped(MESSAGE, body);

export const encodeLogOpen = (body: LogOpenBody): Uint8Array => encodeShaped(LOG_OPEN, body);

/** An error means: signed, but unreadable. The entry still has its place in its log. */
export function decodeBody(kind: number, bytes: Uint8Array): Result<Body, DecodeError> {
  switch (kind) {
    case KINDS.message.number: {
      const body = decodeShaped(MESSAGE, bytes, ENTRY_BYTES_MAX);
      return body.ok ? ok({ type: "message", ...body.value }) : body;
    }
    case KINDS.logOpen.number: {
      const body = decodeShaped(LOG_OPEN, bytes, ENTRY_BYTES_MAX);
      return body.ok ? ok({ type: "logOpen", ...body.value }) : body;
    }
    default:
      return ok({ type: "unknown", kind });
  }
}
