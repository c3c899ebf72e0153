/**
 * ACK and CREDIT, client to relay.
 *
 * ACK: these messages are committed durably at the device; the relay forgets them.
 * | bytes   | field        | rule                                                   |
 * | ------- | ------------ | ------------------------------------------------------ |
 * | varuint | mailboxIndex | of AUTHED                                              |
 * | varuint | count        | 1 to `ACK_IDS_MAX`                                     |
 * | varuint | first id     | of MSG, at least 1                                     |
 * | varuint | each next    | its distance to the one before, at least 1: ascending  |
 *
 * CREDIT: widens the window of unacknowledged deliveries of this socket, for good, up to
 * `WINDOW_MESSAGES_MAX` and `WINDOW_BYTES_MAX`: varuint messages, varuint bytes.
 */
import { assert } from "../../crypto/base/assert.ts";
import { MAILBOX_INDEX_MAX } from "./auth-frames.ts";
import type { FrameCodec } from "./frame-codec.ts";
import { ACK_IDS_MAX, WINDOW_BYTES_MAX, WINDOW_MESSAGES_MAX } from "./limits.ts";
import { VARUINT_MAX } from "./varuint.ts";

export type AckFrame = {
  readonly type: "ack";
  readonly mailboxIndex: number;
  /** Ascending, none twice. */
  readonly ids: readonly number[];
};
export type CreditFrame = {
  readonly type: "credit";
  readonly messages: number;
  readonly bytes: number;
};

export const ackCodec: FrameCodec<AckFrame> = {
  code: 0x22,
  write: (writer, frame) => {
    const count = frame.ids.length;
    assert(count >= 1 && count <= ACK_IDS_MAX, "an ACK names messages");
    writer.varuint(frame.mailboxIndex);
    writer.varuint(count);
    let last = 0;
    for (const id of frame.ids) {
      assert(id > last, "ids ascend from 1");
      writer.varuint(id - last);
      last = id;
    }
  },
  read: (reader) => {
    const mailboxIndex = reader.varuint("mailboxIndex", MAILBOX_INDEX_MAX);
    const count = reader.varuint("ids", ACK_IDS_MAX);
    if (count === 0) reader.refuse("ids");
    const ids: number[] = [];
    let last = 0;
    while (ids.length < count && reader.fault === undefined) {
      const step = reader.varuint("ids", VARUINT_MAX - last);
      if (step === 0) reader.refuse("ids");
      last += step;
      ids.push(last);
    }
    return { type: "ack", mailboxIndex, ids };
  },
};

export const creditCodec: FrameCodec<CreditFrame> = {
  code: 0x23,
  write: (writer, frame) => {
    writer.varuint(frame.messages);
    writer.varuint(frame.bytes);
  },
  read: (reader) => ({
    type: "credit",
    messages: reader.varuint("messages", WINDOW_MESSAGES_MAX),
    bytes: reader.varuint("bytes", WINDOW_BYTES_MAX),
  }),
};
