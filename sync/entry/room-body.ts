/**
 * What an edit of a shared document is in a log: the body of entries of kind `ydoc` and `ydocSnapshot`.
 * Its form alone, without Yjs; who may have made what is in it says sync/rooms/room-update.ts.
 * docs/protocol/rooms.md, [YR3].
 *
 *     cbor [room, nonces, update]
 *
 * | field  | meaning                                                                            |
 * | ------ | ---------------------------------------------------------------------------------- |
 * | room   | name of the document in its channel, such as "settings"                              |
 * | nonces | of the editors whose operations are in it, ascending                                 |
 * | update | Yjs update, version 1 (Y.mergeUpdates)                                               |
 */
import {
  bytesUpTo,
  listShape,
  recordShape,
  ruled,
  type Shape,
  textShape,
  uintShape,
} from "../cbor-shape.ts";
import { ENTRY_BYTES_MAX } from "../wire/limits.ts";
import { LATER_FIELDS_MAX } from "./later-fields.ts";

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

export const ROOM_SHAPE: Shape<RoomUpdate> = ruled(
  recordShape<RoomUpdate>(
    {
      room: textShape(ROOM_NAME_BYTES_MAX),
      nonces: listShape(uintShape(NONCE_MAX), NONCES_MAX),
      update: bytesUpTo(UPDATE_BYTES_MAX, 1),
    },
    LATER_FIELDS_MAX,
  ),
  ({ nonces }) => nonces.every((it, i) => i === 0 || it > (nonces[i - 1] ?? 0)),
);
