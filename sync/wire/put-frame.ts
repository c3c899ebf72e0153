/**
 * PUT, client to relay: one envelope for 1 to `PUT_TARGETS_MAX` mailboxes. A token suffices; the
 * relay does not learn who sends.
 *
 * | bytes   | field      | rule                                                              |
 * | ------- | ---------- | ----------------------------------------------------------------- |
 * | varuint | request    | chosen by the client, echoed in OK; not 0                         |
 * | 16      | envelope   | BLAKE2b-128 of the body: repeating a PUT changes nothing          |
 * | u8      | flags      | 1 ephemeral, 2 urgent, 4 slot; others are refused                 |
 * | varuint | ttlSeconds | 0: as long as the relay keeps messages; longer is cut to that     |
 * | 8       | slot       | only with flag 4: replaces what this token stored under it        |
 * | varuint | count      | of targets                                                        |
 * | 32 each | targets    | mailbox 16, token 16; no mailbox twice                            |
 * | rest    | body       | 1 to `BODY_BYTES_MAX` bytes                                       |
 *
 * An ephemeral envelope reaches who is connected and is never stored: it has no slot.
 */
import { assert } from "../../crypto/base/assert.ts";
import type { ByteReader } from "./byte-reader.ts";
import type { FrameCodec } from "./frame-codec.ts";
import { type EnvelopeId, ID_BYTES, type MailboxId, type SlotId, type Token } from "./ids.ts";
import { BODY_BYTES_MAX, MESSAGE_TTL_MS_MAX, PUT_TARGETS_MAX } from "./limits.ts";

export type PutFrame = {
  readonly type: "put";
  readonly request: number;
  readonly envelope: EnvelopeId;
  readonly isEphemeral: boolean;
  readonly isUrgent: boolean;
  readonly slot: SlotId | null;
  readonly ttlSeconds: number;
  readonly targets: readonly PutTarget[];
  readonly body: Uint8Array;
};
export type PutTarget = { readonly mailbox: MailboxId; readonly token: Token };

const EPHEMERAL = 1;
const URGENT = 2;
const SLOT = 4;
const FLAGS_MAX = EPHEMERAL | URGENT | SLOT;
/** Ten times the relay's keeping time: far enough for any client, near enough for any clock. */
const TTL_SECONDS_MAX = MESSAGE_TTL_MS_MAX / 100;

export const putCodec: FrameCodec<PutFrame> = {
  code: 0x10,
  write: (writer, frame) => {
    const { targets, body, slot } = frame;
    assert(targets.length >= 1 && targets.length <= PUT_TARGETS_MAX, "a PUT has targets");
    assert(body.length >= 1 && body.length <= BODY_BYTES_MAX, "a body within its bound");
    assert(slot === null || !frame.isEphemeral, "an ephemeral envelope has no slot");
    assert(frame.request >= 1, "request 0 is nobody's");
    writer.varuint(frame.request);
    writer.fixed(frame.envelope, ID_BYTES.EnvelopeId);
    writer.u8(
      (frame.isEphemeral ? EPHEMERAL : 0) |
        (frame.isUrgent ? URGENT : 0) |
        (slot === null ? 0 : SLOT),
    );
    writer.varuint(frame.ttlSeconds);
    if (slot !== null) writer.fixed(slot, ID_BYTES.SlotId);
    writer.varuint(targets.length);
    for (const target of targets) {
      writer.fixed(target.mailbox, ID_BYTES.MailboxId);
      writer.fixed(target.token, ID_BYTES.Token);
    }
    writer.tail(body);
  },
  read: (reader) => {
    const request = reader.varuint("request");
    if (request === 0) reader.refuse("request");
    const envelope = reader.fixed(ID_BYTES.EnvelopeId) as EnvelopeId;
    const flags = reader.u8("flags", FLAGS_MAX);
    const ttlSeconds = reader.varuint("ttlSeconds", TTL_SECONDS_MAX);
    const isEphemeral = (flags & EPHEMERAL) !== 0;
    const hasSlot = (flags & SLOT) !== 0;
    if (hasSlot && isEphemeral) reader.refuse("flags");
    const slot = hasSlot ? (reader.fixed(ID_BYTES.SlotId) as SlotId) : null;
    const targets = readTargets(reader);
    const body = reader.tail("body", 1, BODY_BYTES_MAX);
    const isUrgent = (flags & URGENT) !== 0;
    return {
      type: "put",
      request,
      envelope,
      isEphemeral,
      isUrgent,
      slot,
      ttlSeconds,
      targets,
      body,
    };
  },
};

function readTargets(reader: ByteReader): readonly PutTarget[] {
  const count = reader.varuint("targets", PUT_TARGETS_MAX);
  if (count === 0) reader.refuse("targets");
  const targets: PutTarget[] = [];
  while (targets.length < count && reader.fault === undefined) {
    targets.push({
      mailbox: reader.fixed(ID_BYTES.MailboxId) as MailboxId,
      token: reader.fixed(ID_BYTES.Token) as Token,
    });
  }
  return targets;
}
