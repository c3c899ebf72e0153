/**
 * The frames of the wire and their batches. One binary WebSocket message is one batch:
 *
 * | bytes   | field   | rule                                                |
 * | ------- | ------- | --------------------------------------------------- |
 * | varuint | length  | of type and payload together, at least 1            |
 * | 1       | type    | of the table below                                  |
 * | length-1| payload | see the file of each frame; no byte may be left over |
 *
 * repeated 1 to `BATCH_FRAMES_MAX` times. Rules [FR1]–[FR9] of docs/protocol/wire.md.
 */
import { assert } from "../../crypto/base/assert.ts";
import { err, ok, type Result } from "../../crypto/base/result.ts";
import { type AckFrame, ackCodec, type CreditFrame, creditCodec } from "./ack-frames.ts";
import { type AuthedFrame, authCodec, authedCodec, type AuthFrame } from "./auth-frames.ts";
import { ByteReader, type ReadFault } from "./byte-reader.ts";
import { ByteWriter } from "./byte-writer.ts";
import { errCodec, type ErrFrame } from "./error-frame.ts";
import type { FrameCodec } from "./frame-codec.ts";
import { goawayCodec, type GoawayFrame } from "./goaway-frame.ts";
import { BATCH_FLUSH_BYTES, BATCH_FRAMES_MAX, SOCKET_MESSAGE_BYTES_MAX } from "./limits.ts";
import { emptyCodec, type EmptyFrame, msgCodec, type MsgFrame } from "./message-frames.ts";
import { okCodec, type OkFrame } from "./ok-frame.ts";
import { pingCodec, type PingFrame, pongCodec, type PongFrame } from "./ping-frames.ts";
import { putCodec, type PutFrame } from "./put-frame.ts";
import {
  tevtCodec,
  type TevtFrame,
  tpubCodec,
  type TpubFrame,
  tsubCodec,
  type TsubFrame,
  tunsubCodec,
  type TunsubFrame,
  twantCodec,
  type TwantFrame,
} from "./topic-frames.ts";
import { welcomeCodec, type WelcomeFrame } from "./welcome-frame.ts";

export type Frame =
  | WelcomeFrame
  | AuthFrame
  | AuthedFrame
  | PutFrame
  | OkFrame
  | MsgFrame
  | EmptyFrame
  | AckFrame
  | CreditFrame
  | TsubFrame
  | TunsubFrame
  | TpubFrame
  | TevtFrame
  | TwantFrame
  | PingFrame
  | PongFrame
  | GoawayFrame
  | ErrFrame;
export type FrameType = Frame["type"];

export type FrameError =
  | { readonly type: "BatchEmpty" }
  | { readonly type: "BatchTooLong"; readonly bytes: number }
  | { readonly type: "BatchTooManyFrames" }
  | { readonly type: "FrameTypeUnknown"; readonly code: number }
  | { readonly type: "FrameTrailing"; readonly frame: FrameType; readonly bytes: number }
  | {
      readonly type: "FrameMalformed";
      readonly frame: FrameType | null;
      readonly fault: ReadFault;
    };

/** The one table of frame types. */
export const CODECS: {
  readonly [Type in FrameType]: FrameCodec<Extract<Frame, { readonly type: Type }>>;
} = {
  welcome: welcomeCodec,
  auth: authCodec,
  authed: authedCodec,
  put: putCodec,
  ok: okCodec,
  msg: msgCodec,
  empty: emptyCodec,
  ack: ackCodec,
  credit: creditCodec,
  tsub: tsubCodec,
  tunsub: tunsubCodec,
  tpub: tpubCodec,
  tevt: tevtCodec,
  twant: twantCodec,
  ping: pingCodec,
  pong: pongCodec,
  goaway: goawayCodec,
  err: errCodec,
};

type AnyCodec = FrameCodec<Frame>;
const TYPE_BY_CODE: ReadonlyMap<number, FrameType> = new Map(
  (Object.keys(CODECS) as readonly FrameType[]).map((type) => [CODECS[type].code, type]),
);
/** The cast says what the table's type says: a frame is written by the codec of its own type. */
const codecOf = (type: FrameType): AnyCodec => CODECS[type] as unknown as AnyCodec;

/** Appends `frame` to the batch that `writer` holds. */
export function writeFrame(writer: ByteWriter, frame: Frame): void {
  const codec = codecOf(frame.type);
  writer.framed(() => {
    writer.u8(codec.code);
    codec.write(writer, frame);
  });
}

/** One batch with one frame. */
export function encodeFrame(frame: Frame): Uint8Array<ArrayBuffer> {
  const writer = new ByteWriter();
  writeFrame(writer, frame);
  return writer.take();
}

/** As few batches as `BATCH_FLUSH_BYTES` and `BATCH_FRAMES_MAX` allow, in order. */
export function encodeFrames(frames: readonly Frame[]): readonly Uint8Array<ArrayBuffer>[] {
  const batches: Uint8Array<ArrayBuffer>[] = [];
  const writer = new ByteWriter();
  let count = 0;
  const flush = (): void => {
    if (count > 0) batches.push(writer.take());
    count = 0;
  };
  for (const frame of frames) {
    writeFrame(writer, frame);
    count += 1;
    if (writer.length >= BATCH_FLUSH_BYTES || count === BATCH_FRAMES_MAX) flush();
  }
  flush();
  assert(
    batches.every((it) => it.length <= SOCKET_MESSAGE_BYTES_MAX),
    "a batch fits a message",
  );
  return batches;
}

/**
 * All frames of one batch, or why it is refused: then none of them counts. Never throws. Byte fields
 * are views of `bytes`; copy what you keep.
 */
export function decodeBatch(bytes: Uint8Array): Result<readonly Frame[], FrameError> {
  if (bytes.length === 0) return err({ type: "BatchEmpty" });
  if (bytes.length > SOCKET_MESSAGE_BYTES_MAX) {
    return err({ type: "BatchTooLong", bytes: bytes.length });
  }
  const batch = new ByteReader(bytes);
  const frames: Frame[] = [];
  while (batch.remaining > 0) {
    if (frames.length === BATCH_FRAMES_MAX) return err({ type: "BatchTooManyFrames" });
    const length = batch.varuint("length");
    const inside = length <= batch.remaining ? batch.fixed(length) : undefined;
    if (inside === undefined || batch.fault !== undefined) {
      const fault: ReadFault = batch.fault ?? { type: "Truncated" };
      return err({ type: "FrameMalformed", frame: null, fault });
    }
    const frame = decodeFrame(inside);
    if (!frame.ok) return frame;
    frames.push(frame.value);
  }
  return ok(frames);
}

function decodeFrame(bytes: Uint8Array): Result<Frame, FrameError> {
  const reader = new ByteReader(bytes);
  const code = reader.u8("type");
  if (reader.fault !== undefined) {
    return err({ type: "FrameMalformed", frame: null, fault: reader.fault });
  }
  const type = TYPE_BY_CODE.get(code);
  if (type === undefined) return err({ type: "FrameTypeUnknown", code });
  const frame = codecOf(type).read(reader);
  if (reader.fault !== undefined) {
    return err({ type: "FrameMalformed", frame: type, fault: reader.fault });
  }
  if (reader.remaining > 0) {
    return err({ type: "FrameTrailing", frame: type, bytes: reader.remaining });
  }
  return ok(frame);
}
