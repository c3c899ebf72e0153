/**
 * Frames of the y-websocket protocol, as far as a server reads and writes them. What comes is from a tab
 * of our own; it is read with the same care as anything else. docs/protocol/rooms.md, [YR5].
 *
 *     frame = varuint type | rest
 *
 * | type | name            | rest                                                                    |
 * | ---: | --------------- | ----------------------------------------------------------------------- |
 * |    0 | sync            | varuint 0 | bytes: state vector ("step 1")                                |
 * |      |                 | varuint 1 or 2 | bytes: update ("step 2", "update")                       |
 * |    1 | awareness       | bytes: varuint n, n times varuint client, varuint clock, bytes JSON       |
 * |    3 | query awareness | nothing                                                                   |
 *
 * `bytes` stand behind their length as a varuint.
 */
import { fromUtf8, utf8 } from "../../crypto/base/bytes.ts";
import { ByteReader } from "../wire/byte-reader.ts";
import { ByteWriter } from "../wire/byte-writer.ts";

export const FRAME_BYTES_MAX = 256 * 1_024;
/** Editors that are told of in one frame. */
export const PEERS_MAX = 256;
/** What one editor shows the others: where its cursor is. */
export const PEER_STATE_BYTES_MAX = 4_096;

const SYNC = 0;
const AWARENESS = 1;
const QUERY_AWARENESS = 3;
const STEP_1 = 0;
const STEP_2 = 1;
const UPDATE = 2;

/** `state`: JSON; "null" when the editor left. The higher clock is the newer. */
export type Peer = { readonly client: number; readonly clock: number; readonly state: string };

export type TabFrame =
  | { readonly type: "step1"; readonly vector: Uint8Array }
  | { readonly type: "update"; readonly update: Uint8Array }
  | { readonly type: "awareness"; readonly peers: readonly Peer[] }
  | { readonly type: "queryAwareness" };

/** Undefined: not a frame of this protocol. Byte fields are views of `bytes`. */
export function decodeTabFrame(bytes: Uint8Array): TabFrame | undefined {
  if (bytes.length > FRAME_BYTES_MAX) return undefined;
  const r = new ByteReader(bytes);
  const frame = readFrame(r);
  return r.fault === undefined && r.remaining === 0 ? frame : undefined;
}

function readFrame(r: ByteReader): TabFrame | undefined {
  switch (r.varuint("type")) {
    case SYNC: {
      const step = r.varuint("step", UPDATE);
      const payload = readBytes(r, FRAME_BYTES_MAX);
      return step === STEP_1
        ? { type: "step1", vector: payload }
        : { type: "update", update: payload };
    }
    case AWARENESS: {
      const peers = readPeers(new ByteReader(readBytes(r, FRAME_BYTES_MAX)));
      return peers === undefined ? undefined : { type: "awareness", peers };
    }
    case QUERY_AWARENESS:
      return { type: "queryAwareness" };
    default:
      return undefined;
  }
}

function readPeers(r: ByteReader): readonly Peer[] | undefined {
  const peers: Peer[] = [];
  const count = r.varuint("peers", PEERS_MAX);
  for (let i = 0; i < count && r.fault === undefined; i += 1) {
    const client = r.varuint("client");
    const clock = r.varuint("clock");
    const state = fromUtf8(readBytes(r, PEER_STATE_BYTES_MAX));
    if (!state.ok) return undefined;
    peers.push({ client, clock, state: state.value });
  }
  return r.fault === undefined && r.remaining === 0 ? peers : undefined;
}

const readBytes = (r: ByteReader, max: number): Uint8Array => r.fixed(r.varuint("length", max));

export const step1Frame = (vector: Uint8Array): Uint8Array => syncFrame(STEP_1, vector);
export const step2Frame = (update: Uint8Array): Uint8Array => syncFrame(STEP_2, update);
export const updateFrame = (update: Uint8Array): Uint8Array => syncFrame(UPDATE, update);

/** Without peers it says nothing, and keeps the connection alive. */
export function awarenessFrame(peers: readonly Peer[]): Uint8Array {
  const inner = new ByteWriter();
  inner.varuint(peers.length);
  for (const { client, clock, state } of peers) {
    inner.varuint(client);
    inner.varuint(clock);
    writeBytes(inner, utf8(state));
  }
  const w = new ByteWriter();
  w.varuint(AWARENESS);
  writeBytes(w, inner.take());
  return w.take();
}

function syncFrame(step: number, payload: Uint8Array): Uint8Array {
  const w = new ByteWriter();
  w.varuint(SYNC);
  w.varuint(step);
  writeBytes(w, payload);
  return w.take();
}

function writeBytes(w: ByteWriter, bytes: Uint8Array): void {
  w.varuint(bytes.length);
  w.tail(bytes);
}
