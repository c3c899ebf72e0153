/**
 * The record that an inviter leaves at the rendezvous address, so that an invite works while nobody
 * of theirs is online. Sealed under a key of the link's secret: the relay learns nothing from it,
 * and cannot put other keys in, since the link names the account.
 *
 * | bytes | field        | rule                                                             |
 * | ----: | ------------ | ---------------------------------------------------------------- |
 * |     1 | version      | 1                                                                |
 * |     4 | expiresAtS   | u32                                                              |
 * |   1+n | voucher      | u8 length, at most 64; lets the invited register at the relay    |
 * |     m | introduction | the rest, see identity/introduction.ts: at least one card        |
 *
 * Rules [RC1] to [RC5] of docs/protocol/crypto.md.
 */
import { open, seal } from "../aead.ts";
import { assert } from "../base/assert.ts";
import { concat, equalBytes, u32le, wipe } from "../base/bytes.ts";
import type { Random } from "../base/random.ts";
import { readerOf } from "../base/reader.ts";
import { err, ok, type Result } from "../base/result.ts";
import {
  encodeIntroduction,
  type Introduction,
  type IntroductionContent,
  openIntroduction,
} from "../identity/introduction.ts";
import { kdf, kdf32 } from "../kdf.ts";

export const INVITE_TAG_BYTES = 16;
export const VOUCHER_BYTES_MAX = 64;
/** Sealed. What a relay takes; a record over it says so instead of being refused there. */
export const SEALED_RECORD_BYTES_MAX = 16_384;
const VERSION = 1;

export type InviteRecordContent = {
  readonly expiresAtS: number;
  /** Empty: the relay needs none. */
  readonly voucher: Uint8Array;
  readonly introduction: IntroductionContent;
};
export type InviteRecord = {
  readonly expiresAtS: number;
  readonly voucher: Uint8Array;
  readonly introduction: Introduction;
};
export type InviteRecordError =
  /** Not sealed under this link's secret, or altered. */
  | { readonly type: "OpenFailed" }
  | { readonly type: "RecordMalformed" }
  | { readonly type: "RecordVersionUnknown"; readonly version: number }
  /** Another account than the link names, or devices that it did not certify. */
  | { readonly type: "RecordForged" };
export type RecordTooLong = {
  readonly type: "RecordTooLong";
  readonly bytes: number;
  readonly limit: number;
};

/** 16 bytes: the rendezvous address. */
export const inviteTagOf = (secret: Uint8Array): Uint8Array =>
  kdf(INVITE_TAG_BYTES, secret, "inv/tag");

/** 32 bytes: enters the handshake with each device of `account`. */
export const invitePskOf = (secret: Uint8Array, account: Uint8Array): Uint8Array =>
  kdf32(secret, "inv/psk", account);

export function sealInviteRecord(
  secret: Uint8Array,
  content: InviteRecordContent,
  random: Random,
): Result<Uint8Array, RecordTooLong> {
  assert(content.voucher.length <= VOUCHER_BYTES_MAX, "voucher length");
  const plain = concat(
    Uint8Array.of(VERSION),
    u32le(content.expiresAtS),
    Uint8Array.of(content.voucher.length),
    content.voucher,
    encodeIntroduction(content.introduction),
  );
  const key = kdf32(secret, "inv/rec");
  const sealed = seal(key, inviteTagOf(secret), plain, random);
  wipe(key);
  return sealed.length <= SEALED_RECORD_BYTES_MAX
    ? ok(sealed)
    : err({ type: "RecordTooLong", bytes: sealed.length, limit: SEALED_RECORD_BYTES_MAX });
}

/** `account` is the link's. What comes back is verified: the account's live devices and cards. */
export function openInviteRecord(
  secret: Uint8Array,
  account: Uint8Array,
  sealed: Uint8Array,
): Result<InviteRecord, InviteRecordError> {
  const key = kdf32(secret, "inv/rec");
  const plain = open(key, inviteTagOf(secret), sealed);
  wipe(key);
  if (!plain.ok) return plain;
  const r = readerOf(plain.value);
  const version = r.u8();
  const expiresAtS = r.u32();
  const voucher = r.bytes(r.count(VOUCHER_BYTES_MAX));
  const rest = r.rest();
  if (version !== VERSION) return err({ type: "RecordVersionUnknown", version });
  if (!r.finished()) return err({ type: "RecordMalformed" });
  const introduction = openIntroduction(rest);
  if (!introduction.ok) {
    const forged = introduction.error.type === "IntroductionForged";
    return err({ type: forged ? "RecordForged" : "RecordMalformed" });
  }
  const { devices } = introduction.value;
  if (!equalBytes(introduction.value.account, account) || devices.length === 0) {
    return err({ type: "RecordForged" });
  }
  return ok({ expiresAtS, voucher, introduction: introduction.value });
}
