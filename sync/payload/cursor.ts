/**
 * CURSOR: what a device has received and its account has read of a channel. Absolute and replaceable:
 * the one with the highest counter holds. Signed by the device, since everyone who holds the live key
 * could have sealed it. docs/protocol/sync.md, [CU1] to [CU4].
 *
 *     cbor [signed, signature]     signed = cbor [channel, device, counter, delivered, read]
 *     delivered = [[log, known] …]    read = [[log, known] …]    signature = Sign(ID_sig, "cursor", signed)
 */
import { ok, type Result } from "../../crypto/base/result.ts";
import { CHANNEL_ID_BYTES } from "../../crypto/identity/channel-id.ts";
import { DEVICE_ID_BYTES } from "../../crypto/identity/device.ts";
import { SIGNATURE_BYTES, verifyLabelled } from "../../crypto/public/verify.ts";
import { signLabelled } from "../../crypto/sign.ts";
import {
  bytesShape,
  bytesUpTo,
  type DecodeError,
  decodeShaped,
  encodeShaped,
  listShape,
  recordShape,
  type Shape,
  uintShape,
} from "../cbor-shape.ts";
import { LOG_ID_BYTES } from "../entry/entry.ts";
import { type Known, knownShape, limitKnown } from "../log/known.ts";
import { CURSOR_BYTES_MAX, CURSOR_LOGS_MAX, CURSOR_RANGES_MAX } from "./limits.ts";

export type LogKnown = { readonly log: Uint8Array; readonly known: Known };

export type CursorContent = {
  readonly channel: Uint8Array;
  readonly device: Uint8Array;
  /** Grows with each cursor of the device for the channel. */
  readonly counter: number;
  /** Entries that the device holds, durably. */
  readonly delivered: readonly LogKnown[];
  /** Entries that the account has read: ranges, so that one that comes late is still unread. */
  readonly read: readonly LogKnown[];
};

export type Cursor = CursorContent & {
  /** As signed. */
  readonly signed: Uint8Array;
  readonly signature: Uint8Array;
};

const VECTOR: Shape<readonly LogKnown[]> = listShape(
  recordShape<LogKnown>({ log: bytesShape(LOG_ID_BYTES), known: knownShape(CURSOR_RANGES_MAX) }),
  CURSOR_LOGS_MAX,
);

const CONTENT: Shape<CursorContent> = recordShape<CursorContent>({
  channel: bytesShape(CHANNEL_ID_BYTES),
  device: bytesShape(DEVICE_ID_BYTES),
  counter: uintShape(),
  delivered: VECTOR,
  read: VECTOR,
});

type Signed = Pick<Cursor, "signed" | "signature">;

const SIGNED: Shape<Signed> = recordShape<Signed>({
  signed: bytesUpTo(CURSOR_BYTES_MAX),
  signature: bytesShape(SIGNATURE_BYTES),
});

/**
 * Logs and ranges over the limits are left out, so put the newest logs first: to claim less only
 * means that something is delivered twice.
 */
export function signCursor(content: CursorContent, signKey: Uint8Array): Cursor {
  const bounded: CursorContent = {
    ...content,
    delivered: limited(content.delivered),
    read: limited(content.read),
  };
  const signed = encodeShaped(CONTENT, bounded);
  return { ...bounded, signed, signature: signLabelled(signKey, "cursor", signed) };
}

const limited = (vector: readonly LogKnown[]): readonly LogKnown[] =>
  vector
    .slice(0, CURSOR_LOGS_MAX)
    .map(({ log: id, known }) => ({ log: id, known: limitKnown(known, CURSOR_RANGES_MAX) }));

export const encodeCursor = ({ signed, signature }: Cursor): Uint8Array =>
  encodeShaped(SIGNED, { signed, signature });

/** Checks form alone: nothing of it holds before `verifyCursor`. */
export function decodeCursor(bytes: Uint8Array): Result<Cursor, DecodeError> {
  const parts = decodeShaped(SIGNED, bytes, CURSOR_BYTES_MAX);
  if (!parts.ok) return parts;
  const content = decodeShaped(CONTENT, parts.value.signed, CURSOR_BYTES_MAX);
  return content.ok ? ok({ ...content.value, ...parts.value }) : content;
}

/** `deviceKey`: ID_sig of the device that the cursor names. */
export const verifyCursor = (cursor: Cursor, deviceKey: Uint8Array): boolean =>
  verifyLabelled(deviceKey, cursor.signature, "cursor", cursor.signed);
