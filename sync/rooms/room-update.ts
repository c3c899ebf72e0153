/**
 * What an edit of a shared document is in a log: the body of entries of kind `ydoc` and `ydocSnapshot`.
 * docs/protocol/rooms.md, [YR1] to [YR4].
 *
 *     cbor [room, nonces, update]
 *
 * | field  | meaning                                                                            |
 * | ------ | ---------------------------------------------------------------------------------- |
 * | room   | name of the document in its channel, such as "settings"                              |
 * | nonces | of the editors whose operations are in it, ascending                                 |
 * | update | Yjs update, version 1 (Y.mergeUpdates)                                               |
 *
 * Yjs believes whatever client id an operation carries, and two devices that hold different operations
 * under one id never agree again, without anybody noticing. Here an id is a hash of the log that wrote
 * it, so an entry's signature tells which ids it may carry.
 */
import { u32le, utf8 } from "../../crypto/base/bytes.ts";
import { err, ok, type Result } from "../../crypto/base/result.ts";
import { hash32 } from "../../crypto/public/hash.ts";
import {
  bytesUpTo,
  type DecodeError,
  decodeShaped,
  encodeShaped,
  listShape,
  recordShape,
  ruled,
  type Shape,
  textShape,
  uintShape,
} from "../cbor-shape.ts";
import { ENTRY_BYTES_MAX } from "../wire/limits.ts";
import { clientsOf } from "./yjs-update.ts";

export const ROOM_NAME_BYTES_MAX = 64;
/** Editors whose work one entry merges. */
export const NONCES_MAX = 32;
export const NONCE_MAX = 0xffff_ffff;
/** Room for the Core and for what stands around the update in its entry. */
export const UPDATE_BYTES_MAX = ENTRY_BYTES_MAX - 4_096;

export type RoomUpdate = {
  readonly room: string;
  readonly nonces: readonly number[];
  readonly update: Uint8Array;
};

export type RoomUpdateError =
  | DecodeError
  /** Yjs cannot read it. */
  | { readonly type: "UpdateMalformed" }
  /** It carries operations in the name of somebody else's editor. */
  | { readonly type: "ClientForged" };

const ROOM_UPDATE: Shape<RoomUpdate> = ruled(
  recordShape<RoomUpdate>({
    room: textShape(ROOM_NAME_BYTES_MAX),
    nonces: listShape(uintShape(NONCE_MAX), NONCES_MAX),
    update: bytesUpTo(UPDATE_BYTES_MAX, 1),
  }),
  ({ nonces }) => nonces.every((it, i) => i === 0 || it > (nonces[i - 1] ?? 0)),
);

export const encodeRoomUpdate = (update: RoomUpdate): Uint8Array =>
  encodeShaped(ROOM_UPDATE, update);

/** The body of an entry of `log`, with every client id in it checked. */
export function decodeRoomUpdate(
  bytes: Uint8Array,
  log: Uint8Array,
): Result<RoomUpdate, RoomUpdateError> {
  const decoded = decodeShaped(ROOM_UPDATE, bytes, ENTRY_BYTES_MAX);
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
