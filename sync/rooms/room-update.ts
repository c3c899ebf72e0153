/**
 * Whose operations an edit of a shared document carries (sync/entry/room-body.ts has its form).
 * docs/protocol/rooms.md, [YR1], [YR2] and [YR4].
 *
 * Yjs believes whatever client id an operation carries, and two devices that hold different operations
 * under one id never agree again, without anybody noticing. Here an id is a hash of the log that wrote
 * it, so an entry's signature tells which ids it may carry.
 */
import { u32le, utf8 } from "../../crypto/base/bytes.ts";
import { err, ok, type Result } from "../../crypto/base/result.ts";
import { hash32 } from "../../crypto/public/hash.ts";
import { type DecodeError, decodeShaped, encodeShaped } from "../cbor-shape.ts";
import { ROOM_SHAPE, type RoomUpdate } from "../entry/room-body.ts";
import { ENTRY_BYTES_MAX } from "../wire/limits.ts";
import { clientsOf } from "./yjs-update.ts";

export type RoomUpdateError =
  | DecodeError
  /** Yjs cannot read it. */
  | { readonly type: "UpdateMalformed" }
  /** It carries operations in the name of somebody else's editor. */
  | { readonly type: "ClientForged" };

export const encodeRoomUpdate = (update: RoomUpdate): Uint8Array =>
  encodeShaped(ROOM_SHAPE, update);

/** The body of an entry of `log`, with every client id in it checked. */
export function decodeRoomUpdate(
  bytes: Uint8Array,
  log: Uint8Array,
): Result<RoomUpdate, RoomUpdateError> {
  const decoded = decodeShaped(ROOM_SHAPE, bytes, ENTRY_BYTES_MAX);
  if (!decoded.ok) return decoded;
  const { room, nonces, update } = decoded.value;
  const clients = clientsOf(update);
  if (clients === undefined) return err({ type: "UpdateMalformed" });
  const own = new Set(nonces.map((nonce) => clientIdOf(room, log, nonce)));
  const isForged = [...clients].some((it) => !own.has(it));
  return isForged ? err({ type: "ClientForged" }) : ok(decoded.value);
}

/** Yjs client id, 53 bits: the first of H("yjs-client", room, log, u32le(nonce)). */
export function clientIdOf(room: string, log: Uint8Array, nonce: number): number {
  const hash = hash32("yjs-client", utf8(room), log, u32le(nonce));
  let id = 0;
  for (const byte of hash.subarray(0, 6)) id = id * 256 + byte;
  return id * 32 + ((hash[6] ?? 0) & 31);
}
