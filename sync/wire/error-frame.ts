/**
 * ERR, relay to client: something was refused that has no answer of its own. The socket stays open
 * unless a close code follows (close-codes.ts).
 *
 * | bytes   | field        | rule                                              |
 * | ------- | ------------ | ------------------------------------------------- |
 * | varuint | code         | of the table below                                |
 * | varuint | request      | of the PUT, or 0 when it concerns none            |
 * | varuint | retryAfterMs | 0 when trying again is no use                     |
 */
import type { FrameCodec } from "./frame-codec.ts";

/**
 * - `malformed`: a frame could not be read; 4400 follows.
 * - `unexpected`: a frame that only the other side sends, or before AUTH what needs it; 4400 follows.
 * - `authFailed`: wrong key, wrong signature or no such mailbox; 4401 follows.
 * - `tooMany`: more mailboxes or topics than the limits allow; those beyond were not opened.
 * - `rate`: too many frames; those that came too early were not looked at.
 * - `storage`: the relay's disk failed; nothing was stored. Try again, then elsewhere.
 * - `nearlyFull`: this mailbox is 90 % full (no fault of the frame).
 * - `full`: this mailbox is full and senders are told so.
 */
export const ERROR_CODES = {
  malformed: 1,
  unexpected: 2,
  authFailed: 3,
  tooMany: 4,
  rate: 5,
  storage: 6,
  nearlyFull: 7,
  full: 8,
} as const;
export type ErrorName = keyof typeof ERROR_CODES;

export type ErrFrame = {
  readonly type: "err";
  readonly error: ErrorName;
  readonly request: number;
  readonly retryAfterMs: number;
};

const NAMES = Object.keys(ERROR_CODES) as readonly ErrorName[];

export const errCodec: FrameCodec<ErrFrame> = {
  code: 0x5f,
  write: (writer, frame) => {
    writer.varuint(ERROR_CODES[frame.error]);
    writer.varuint(frame.request);
    writer.varuint(frame.retryAfterMs);
  },
  read: (reader) => {
    const code = reader.varuint("code");
    const error = NAMES.find((name) => ERROR_CODES[name] === code);
    if (error === undefined) reader.refuse("code");
    return {
      type: "err",
      error: error ?? "malformed",
      request: reader.varuint("request"),
      retryAfterMs: reader.varuint("retryAfterMs"),
    };
  },
};
