/**
 * PING, client to relay, and PONG back. Only the client pings, so the relay wakes nobody.
 *
 * PING: varuint timeMs (the client's own clock, echoed), u8 flags (1 hidden).
 * PONG: varuint timeMs, varuint serverTimeMs.
 *
 * `hidden` says that no window is on screen: the relay then waits `DEAD_HIDDEN_MS` instead of
 * `DEAD_VISIBLE_MS`, and this socket's frames no longer keep its topics online, until a PING without
 * the flag.
 */
import type { FrameCodec } from "./frame-codec.ts";

export type PingFrame = {
  readonly type: "ping";
  readonly timeMs: number;
  readonly isHidden: boolean;
};
export type PongFrame = {
  readonly type: "pong";
  readonly timeMs: number;
  readonly serverTimeMs: number;
};

const HIDDEN = 1;

export const pingCodec: FrameCodec<PingFrame> = {
  code: 0x40,
  write: (writer, frame) => {
    writer.varuint(frame.timeMs);
    writer.u8(frame.isHidden ? HIDDEN : 0);
  },
  read: (reader) => ({
    type: "ping",
    timeMs: reader.varuint("timeMs"),
    isHidden: reader.u8("flags", HIDDEN) === HIDDEN,
  }),
};

export const pongCodec: FrameCodec<PongFrame> = {
  code: 0x41,
  write: (writer, frame) => {
    writer.varuint(frame.timeMs);
    writer.varuint(frame.serverTimeMs);
  },
  read: (reader) => ({
    type: "pong",
    timeMs: reader.varuint("timeMs"),
    serverTimeMs: reader.varuint("serverTimeMs"),
  }),
};
