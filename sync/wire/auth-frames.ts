/**
 * AUTH and AUTHED: a client shows that it owns a mailbox, and is told what waits there. One socket
 * may open up to `MAILBOXES_PER_SOCKET_MAX` mailboxes; `mailboxIndex` names them from then on.
 *
 * AUTH, client to relay:
 * | bytes | field     | rule                                                                   |
 * | ----: | --------- | ---------------------------------------------------------------------- |
 * |    16 | mailbox   | the hash of `publicKey` and the relay's id                             |
 * |    32 | publicKey | the key that the mailbox was created with                              |
 * |    64 | signature | Ed25519 over label "relay/auth", relayId, nonce of WELCOME and mailbox |
 *
 * AUTHED, relay to client:
 * | bytes   | field          | rule                                             |
 * | ------- | -------------- | ------------------------------------------------ |
 * | varuint | mailboxIndex   | in the order of AUTH, from 0                     |
 * | varuint | pendingCount   | messages queued now; EMPTY follows the last one  |
 * | varuint | pendingBytes   | of their bodies                                  |
 * | varuint | quotaMessages  | what the mailbox can hold                        |
 * | varuint | quotaBytes     |                                                  |
 */
import type { FrameCodec } from "./frame-codec.ts";
import { type AuthSignature, ID_BYTES, type MailboxId, type MailboxKey } from "./ids.ts";
import { MAILBOXES_PER_SOCKET_MAX } from "./limits.ts";

export type AuthFrame = {
  readonly type: "auth";
  readonly mailbox: MailboxId;
  readonly publicKey: MailboxKey;
  readonly signature: AuthSignature;
};

export type AuthedFrame = {
  readonly type: "authed";
  readonly mailboxIndex: number;
  readonly pendingCount: number;
  readonly pendingBytes: number;
  readonly quotaMessages: number;
  readonly quotaBytes: number;
};

export const MAILBOX_INDEX_MAX = MAILBOXES_PER_SOCKET_MAX - 1;

export const authCodec: FrameCodec<AuthFrame> = {
  code: 0x02,
  write: (writer, frame) => {
    writer.fixed(frame.mailbox, ID_BYTES.MailboxId);
    writer.fixed(frame.publicKey, ID_BYTES.MailboxKey);
    writer.fixed(frame.signature, ID_BYTES.AuthSignature);
  },
  read: (reader) => ({
    type: "auth",
    mailbox: reader.fixed(ID_BYTES.MailboxId) as MailboxId,
    publicKey: reader.fixed(ID_BYTES.MailboxKey) as MailboxKey,
    signature: reader.fixed(ID_BYTES.AuthSignature) as AuthSignature,
  }),
};

export const authedCodec: FrameCodec<AuthedFrame> = {
  code: 0x03,
  write: (writer, frame) => {
    writer.varuint(frame.mailboxIndex);
    writer.varuint(frame.pendingCount);
    writer.varuint(frame.pendingBytes);
    writer.varuint(frame.quotaMessages);
    writer.varuint(frame.quotaBytes);
  },
  read: (reader) => ({
    type: "authed",
    mailboxIndex: reader.varuint("mailboxIndex", MAILBOX_INDEX_MAX),
    pendingCount: reader.varuint("pendingCount"),
    pendingBytes: reader.varuint("pendingBytes"),
    quotaMessages: reader.varuint("quotaMessages"),
    quotaBytes: reader.varuint("quotaBytes"),
  }),
};
