import fc from "fast-check";
import { expect, test } from "vitest";
import * as Y from "yjs";

import {
  awarenessFrame,
  decodeTabFrame,
  FRAME_BYTES_MAX,
  type Peer,
  PEER_STATE_BYTES_MAX,
  PEERS_MAX,
  step1Frame,
  updateFrame,
} from "../../../sync/rooms/y-frames.ts";

const peers: fc.Arbitrary<readonly Peer[]> = fc.array(
  fc.record({
    client: fc.maxSafeNat(),
    clock: fc.nat(),
    state: fc.json().filter((it) => new TextEncoder().encode(it).length <= PEER_STATE_BYTES_MAX),
  }),
  { maxLength: 5 },
);

test("[YR5] what a tab of the stock provider sends is read, byte for byte", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), peers, (bytes, said) => {
      expect(decodeTabFrame(step1Frame(bytes))).toEqual({ type: "step1", vector: bytes });
      expect(decodeTabFrame(updateFrame(bytes))).toEqual({ type: "update", update: bytes });
      expect(decodeTabFrame(awarenessFrame(said))).toEqual({ type: "awareness", peers: said });
    }),
  );
  expect(decodeTabFrame(Uint8Array.of(3))).toEqual({ type: "queryAwareness" });
});

test("[YR5] any other bytes are no frame, and nothing throws", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      const frame = decodeTabFrame(bytes);
      expect([undefined, "step1", "update", "awareness", "queryAwareness"]).toContain(frame?.type);
    }),
    { numRuns: 1_000 },
  );
});

const one: Peer = { client: 1, clock: 1, state: "{}" };

test.each<[string, Uint8Array]>([
  ["more bytes than the limit", updateFrame(new Uint8Array(FRAME_BYTES_MAX))],
  ["a byte too many", Uint8Array.of(3, 0)],
  ["more editors than the limit", awarenessFrame(Array.from({ length: PEERS_MAX + 1 }, () => one))],
  ["a state over its bound", awarenessFrame([{ ...one, state: "x".repeat(5_000) }])],
  ["a byte too many behind the editors", Uint8Array.of(1, 2, 0, 0)],
  ["a state that is no text", Uint8Array.of(1, 5, 1, 1, 1, 1, 0xff)],
  ["a step that does not exist", Uint8Array.of(0, 3, 0)],
  ["a type that does not exist", Uint8Array.of(2, 0)],
])("[YR5] refuses %s", (_, bytes) => {
  expect(decodeTabFrame(bytes)).toBeUndefined();
});

test("[YR5] Yjs's own state vector of an empty document is a step 1", () => {
  const vector = Y.encodeStateVector(new Y.Doc());
  expect(decodeTabFrame(step1Frame(vector))).toEqual({ type: "step1", vector });
});
