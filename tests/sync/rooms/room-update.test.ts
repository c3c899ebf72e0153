import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import * as Y from "yjs";

import { Bug } from "../../../crypto/base/assert.ts";
import { ready } from "../../../crypto/base/sodium.ts";
import { encodeCbor } from "../../../sync/cbor.ts";
import {
  NONCE_MAX,
  NONCES_MAX,
  ROOM_NAME_BYTES_MAX,
  type RoomUpdate,
  UPDATE_BYTES_MAX,
} from "../../../sync/entry/room-body.ts";
import { clientIdOf, decodeRoomUpdate, encodeRoomUpdate } from "../../../sync/rooms/room-update.ts";
import { decoderContract } from "../decoder.contract.ts";
import { filled } from "../entry/signed-entry.ts";

beforeAll(() => ready);

const LOG = filled(16, 7);

/** What editors with these nonces wrote, merged. */
function written(room: string, nonces: readonly number[], text: string): Uint8Array {
  const updates = nonces.map((nonce) => {
    const doc = new Y.Doc();
    doc.clientID = clientIdOf(room, LOG, nonce);
    doc.getText("text").insert(0, text);
    return Y.encodeStateAsUpdate(doc);
  });
  return Y.mergeUpdates(updates);
}

const updates: fc.Arbitrary<RoomUpdate> = fc
  .record({
    room: fc.string({ minLength: 1, maxLength: 20, unit: "grapheme-ascii" }),
    nonces: fc.uniqueArray(fc.integer({ min: 0, max: NONCE_MAX }), { minLength: 1, maxLength: 4 }),
    text: fc.string({ minLength: 1, maxLength: 50 }),
  })
  .map(({ room, nonces, text }) => {
    const sorted = nonces.toSorted((a, b) => a - b);
    return { room, nonces: sorted, update: written(room, sorted, text) };
  });

decoderContract<RoomUpdate, RoomUpdate>("room update", {
  values: updates,
  encode: encodeRoomUpdate,
  decode: (bytes) => decodeRoomUpdate(bytes, LOG),
});

test("[YR1] an update is read with the nonces of its editors alone", () => {
  const update = written("notes", [1, 2], "x");
  const read = (room: string, nonces: readonly number[]): unknown =>
    decodeRoomUpdate(encodeRoomUpdate({ room, nonces, update }), LOG);
  const forged = { ok: false, error: { type: "ClientForged" } };
  expect(read("notes", [1, 2, 3])).toMatchObject({ ok: true });
  expect(read("notes", [1])).toEqual(forged);
  expect(read("other", [1, 2])).toEqual(forged);
});

test("[YR2] what Yjs cannot read is malformed", () => {
  const bytes = encodeRoomUpdate({ room: "notes", nonces: [1], update: filled(30, 255) });
  expect(decodeRoomUpdate(bytes, LOG)).toEqual({ ok: false, error: { type: "UpdateMalformed" } });
});

test.each<[string, readonly unknown[], string]>([
  ["a room without a name", ["", [1], filled(3, 0)], "room"],
  ["a name over its bound", ["x".repeat(ROOM_NAME_BYTES_MAX + 1), [1], filled(3, 0)], "room"],
  ["nonces in disorder", ["notes", [2, 1], filled(3, 0)], ""],
  ["too many nonces", ["notes", Array.from({ length: NONCES_MAX + 1 }, (_, i) => i)], ""],
  ["an empty update", ["notes", [1], filled(0, 0)], "update"],
  ["an update over its bound", ["notes", [1], filled(UPDATE_BYTES_MAX + 1, 0)], "update"],
])("[YR3] refuses %s", (_, fields, at) => {
  const decoded = decodeRoomUpdate(encodeCbor(fields as never), LOG);
  expect(decoded).toEqual({ ok: false, error: { type: "ShapeWrong", at } });
});

test("[YR4] an id has 53 bits and depends on room, log and nonce", () => {
  const ids = [
    clientIdOf("notes", LOG, 1),
    clientIdOf("notes", LOG, 2),
    clientIdOf("other", LOG, 1),
    clientIdOf("notes", filled(16, 8), 1),
  ];
  expect(new Set(ids).size).toBe(4);
  expect(ids.every((it) => Number.isSafeInteger(it))).toBe(true);
  expect(ids.some((it) => it > 2 ** 45)).toBe(true);
  expect(() => encodeRoomUpdate({ room: "", nonces: [], update: filled(1, 0) })).toThrow(Bug);
});
