/**
 * MSG and EMPTY, relay to client: what waits in a mailbox, oldest first, and the end of it.
 *
 * MSG:
 * | bytes   | field        | rule                                                               |
 * | ------- | ------------ | ------------------------------------------------------------------ |
 * | varuint | mailboxIndex | of AUTHED                                                          |
 * | varuint | id           | what ACK names; grows, never reused; 0 for an ephemeral envelope   |
 * | varuint | counter      | of this mailbox, +1 a stored message; a jump means a lost one; 0   |
 * |         |              | for an ephemeral envelope                                          |
 * | u8      | flags        | 1 ephemeral, 2 urgent, 4 slot                                      |
 * | 4       | label        | of the token that it came under                                    |
 * | 16      | envelope     | the receiver checks that the body hashes to it, then dedupes by it |
 * | rest    | body         | 1 to `BODY_BYTES_MAX` bytes                                        |
 *
 * EMPTY: varuint mailboxIndex. Everything that was queued at AUTH has been sent.
 */
import { assert } from "../../crypto/base/assert.ts";
import { MAILBOX_INDEX_MAX } from "./auth-frames.ts";
import type { FrameCodec } from "./frame-codec.ts";
import { type EnvelopeId, ID_BYTES, type Label } from "./ids.ts";
import { BODY_BYTES_MAX } from "./limits.ts";

export type MsgFrame = {
  readonly type: "msg";
  readonly mailboxIndex: number;
  readonly id: number;
  readonly counter: number;
  readonly isEphemeral: boolean;
  readonly isUrgent: boolean;
  readonly isSlot: boolean;
  readonly label: Label;
  readonly envelope: EnvelopeId;
  readonly body: Uint8Array;
};
export type EmptyFrame = { readonly type: "empty"; readonly mailboxIndex: number };

const EPHEMERAL = 1;
const URGENT = 2;
const SLOT = 4;
const FLAGS_MAX = EPHEMERAL | URGENT | SLOT;

export const msgCodec: FrameCodec<MsgFrame> = {
  code: 0x20,
  write: (writer, frame) => {
    const { body } = frame;
    assert(body.length >= 1 && body.length <= BODY_BYTES_MAX, "a body within its bound");
    assert(frame.isEphemeral === (frame.id === 0), "only what is stored has an id");
    writer.varuint(frame.mailboxIndex);
    writer.varuint(frame.id);
    writer.varuint(frame.counter);
    writer.u8(
      (frame.isEphemeral ? EPHEMERAL : 0) |
        (frame.isUrgent ? URGENT : 0) |
        (frame.isSlot ? SLOT : 0),
    );
    writer.fixed(frame.label, ID_BYTES.Label);
    writer.fixed(frame.envelope, ID_BYTES.EnvelopeId);
    writer.tail(body);
  },
  read: (reader) => {
    const mailboxIndex = reader.varuint("mailboxIndex", MAILBOX_INDEX_MAX);
    const id = reader.varuint("id");
    const counter = reader.varuint("counter");
    const flags = reader.u8("flags", FLAGS_MAX);
    const isEphemeral = (flags & EPHEMERAL) !== 0;
    if (isEphemeral !== (id === 0)) reader.refuse("id");
    return {
      type: "msg",
      mailboxIndex,
      id,
      counter,
      isEphemeral,
      isUrgent: (flags & URGENT) !== 0,
      isSlot: (flags & SLOT) !== 0,
      label: reader.fixed(ID_BYTES.Label) as Label,
      envelope: reader.fixed(ID_BYTES.EnvelopeId) as EnvelopeId,
      body: reader.tail("body", 1, BODY_BYTES_MAX),
    };
  },
};

export const emptyCodec: FrameCodec<EmptyFrame> = {
  code: 0x21,
  write: (writer, frame) => writer.varuint(frame.mailboxIndex),
  read: (reader) => ({
    type: "empty",
    mailboxIndex: reader.varuint("mailboxIndex", MAILBOX_INDEX_MAX),
  }),
};
