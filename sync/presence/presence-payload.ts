/**
 * What a presence topic says, once opened:
 *
 * | bytes | field    | rule                                                            |
 * | ----: | -------- | --------------------------------------------------------------- |
 * |     1 | version  | 1                                                               |
 * |     1 | isOnline | 0 or 1                                                          |
 * |     8 | seenMs   | u53: online since then, or last seen then; 0 = will not be told |
 *
 * Rule [PS1] of docs/protocol/sync-session.md.
 */
import { concat, u53le } from "../../crypto/base/bytes.ts";
import { readerOf } from "../../crypto/base/reader.ts";
import { err, ok, type Result } from "../../crypto/base/result.ts";

const VERSION = 1;

export type PresencePayload = { readonly isOnline: boolean; readonly seenMs: number };
export type PresencePayloadError = { readonly type: "PresenceMalformed" };

export const encodePresence = ({ isOnline, seenMs }: PresencePayload): Uint8Array =>
  concat(Uint8Array.of(VERSION, isOnline ? 1 : 0), u53le(seenMs));

export function decodePresence(bytes: Uint8Array): Result<PresencePayload, PresencePayloadError> {
  const reader = readerOf(bytes);
  const version = reader.u8();
  const online = reader.u8();
  const seenMs = reader.u53();
  const isFine = reader.finished() && version === VERSION && online <= 1;
  return isFine ? ok({ isOnline: online === 1, seenMs }) : err({ type: "PresenceMalformed" });
}
