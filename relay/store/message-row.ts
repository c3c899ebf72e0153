/**
 * The targets of a message, packed into one column. Little-endian, `PLACE_BYTES` a target:
 *
 * | offset | bytes | field   |
 * | -----: | ----: | ------- |
 * |      0 |     4 | mailbox number |
 * |      4 |     4 | token number   |
 * |      8 |     4 | counter        |
 * |     12 |     4 | label          |
 */
import { assert } from "../../crypto/base/assert.ts";
import { idOf } from "../../sync/wire/ids.ts";
import type { Message, Place } from "./shelf.ts";

export const PLACE_BYTES = 16;
const U32_MAX = 0xffff_ffff;

export function packPlaces(places: readonly Place[]): Uint8Array {
  const bytes = new Uint8Array(places.length * PLACE_BYTES);
  const view = new DataView(bytes.buffer);
  for (const [index, place] of places.entries()) {
    assert(place.mailboxNo <= U32_MAX && place.tokenNo <= U32_MAX, "numbers fit a u32");
    assert(place.counter <= U32_MAX, "a counter fits a u32");
    const at = index * PLACE_BYTES;
    view.setUint32(at, place.mailboxNo, true);
    view.setUint32(at + 4, place.tokenNo, true);
    view.setUint32(at + 8, place.counter, true);
    bytes.set(place.label, at + 12);
  }
  return bytes;
}

export function unpackPlaces(bytes: Uint8Array, message: Message): Place[] {
  assert(bytes.length % PLACE_BYTES === 0, "packed places are whole");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const places: Place[] = [];
  for (let at = 0; at < bytes.length; at += PLACE_BYTES) {
    places.push({
      message,
      mailboxNo: view.getUint32(at, true),
      tokenNo: view.getUint32(at + 4, true),
      counter: view.getUint32(at + 8, true),
      label: idOf("Label", bytes.slice(at + 12, at + PLACE_BYTES)),
      isGone: false,
    });
  }
  return places;
}

export function unpackMailboxNos(bytes: Uint8Array): readonly number[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const mailboxNos: number[] = [];
  for (let at = 0; at < bytes.length; at += PLACE_BYTES) mailboxNos.push(view.getUint32(at, true));
  return mailboxNos;
}
