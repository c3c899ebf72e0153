/**
 * The names that pass between client and relay, as branded bytes. A relay sees nothing else of a
 * person: no account, device, channel or sender.
 */
import { assert } from "../../crypto/base/assert.ts";
import type { Brand } from "../../crypto/base/brand.ts";
import { err, ok, type Result } from "../../crypto/base/result.ts";

/** The relay's Ed25519 public key; it outlives restarts and moves. 32 bytes. */
export type RelayId = Brand<Uint8Array, "RelayId">;
/** Changes when a relay has lost its store, and only then. 8 bytes. */
export type StoreIncarnation = Brand<Uint8Array, "StoreIncarnation">;
/** BLAKE2b-128 of the mailbox's public key and the relay's id. 16 bytes. */
export type MailboxId = Brand<Uint8Array, "MailboxId">;
/** Ed25519 key of one mailbox, used with one relay only. 32 bytes. */
export type MailboxKey = Brand<Uint8Array, "MailboxKey">;
/** BLAKE2b-128 of an envelope's body: the ciphertext names itself. 16 bytes. */
export type EnvelopeId = Brand<Uint8Array, "EnvelopeId">;
/** The right to write to one mailbox. Secret. 16 bytes. */
export type Token = Brand<Uint8Array, "Token">;
/** What the relay keeps of a token. 32 bytes. */
export type TokenHash = Brand<Uint8Array, "TokenHash">;
/** The owner's own mark on a token, told with each message that came under it. 4 bytes. */
export type Label = Brand<Uint8Array, "Label">;
/** Names what a newer envelope of the same token replaces. 8 bytes. */
export type SlotId = Brand<Uint8Array, "SlotId">;
/** A presence topic. 32 bytes. */
export type Topic = Brand<Uint8Array, "Topic">;
/** The relay's challenge of one connection. 32 bytes. */
export type Nonce = Brand<Uint8Array, "Nonce">;
/** Ed25519 signature. 64 bytes. */
export type AuthSignature = Brand<Uint8Array, "AuthSignature">;
/** Rendezvous address of an invite. 16 bytes. */
export type InviteTag = Brand<Uint8Array, "InviteTag">;
/** Lets one invited stranger create a mailbox. Secret. 16 bytes. */
export type Voucher = Brand<Uint8Array, "Voucher">;
/** Where a recovery capsule lies: only devices of its account know it, and who has the words. 16 bytes. */
export type CapsulePlace = Brand<Uint8Array, "CapsulePlace">;
/** What the relay keeps of a put key: whoever shows that may replace the capsule here. 32 bytes. */
export type CapsulePutHash = Brand<Uint8Array, "CapsulePutHash">;
/** BLAKE2b-256 of a blob's sealed bytes. 32 bytes. */
export type BlobId = Brand<Uint8Array, "BlobId">;
/** Whoever shows it may delete the blob. Secret. 32 bytes. */
export type BlobDeleteKey = Brand<Uint8Array, "BlobDeleteKey">;
/** What the relay keeps of a delete key. 32 bytes. */
export type BlobDeleteHash = Brand<Uint8Array, "BlobDeleteHash">;
/** The right to send the bytes of one blob. Secret. 16 bytes. */
export type BlobTicket = Brand<Uint8Array, "BlobTicket">;

export const ID_BYTES = {
  RelayId: 32,
  StoreIncarnation: 8,
  MailboxId: 16,
  MailboxKey: 32,
  EnvelopeId: 16,
  Token: 16,
  TokenHash: 32,
  Label: 4,
  SlotId: 8,
  Topic: 32,
  Nonce: 32,
  AuthSignature: 64,
  InviteTag: 16,
  Voucher: 16,
  CapsulePlace: 16,
  /** Secret: what is shown to this relay with a capsule. */
  CapsulePutKey: 32,
  CapsulePutHash: 32,
  BlobId: 32,
  BlobDeleteKey: 32,
  BlobDeleteHash: 32,
  BlobTicket: 16,
} as const;
export type IdName = keyof typeof ID_BYTES;

export type IdError = {
  readonly type: "IdLengthWrong";
  readonly id: IdName;
  readonly bytes: number;
};

const parserOf =
  <Name extends IdName>(id: Name) =>
  (bytes: Uint8Array): Result<Brand<Uint8Array, Name>, IdError> =>
    bytes.length === ID_BYTES[id]
      ? ok(bytes as Brand<Uint8Array, Name>)
      : err({ type: "IdLengthWrong", id, bytes: bytes.length });

/** For bytes of our own, or that a decoder of ours has measured: a wrong length is a Bug. */
export function idOf<Name extends IdName>(id: Name, bytes: Uint8Array): Brand<Uint8Array, Name> {
  assert(bytes.length === ID_BYTES[id], `the length of a ${id}`);
  return bytes as Brand<Uint8Array, Name>;
}

/** Each takes a view and keeps it: only the length can be wrong. */
export const parseRelayId = parserOf("RelayId");
export const parseMailboxId = parserOf("MailboxId");
export const parseTopic = parserOf("Topic");
export const parseAuthSignature = parserOf("AuthSignature");
export const parseInviteTag = parserOf("InviteTag");
export const parseCapsulePlace = parserOf("CapsulePlace");
export const parseBlobId = parserOf("BlobId");
export const parseBlobTicket = parserOf("BlobTicket");
