/**
 * The record behind a link into a group: what the group is called, who made the link, and where other
 * admins are reached. Sealed as record.ts is, and signed by the device whose card it shows, so that
 * whoever else has the link cannot put another group there.
 *
 * | bytes | field        | rule                                                          |
 * | ----: | ------------ | ------------------------------------------------------------- |
 * |     1 | version      | 3                                                             |
 * |     4 | expiresAtS   | u32                                                           |
 * |   1+n | voucher      | u8 length, at most 64                                         |
 * |   2+t | terms        | u16 length, see below                                         |
 * |    64 | signature    | "inv/group" over tag and terms, by the device of the card     |
 * |     m | introduction | the rest: of the account in the link, one card                |
 *
 * Terms: channel 16, u16 length and name (UTF-8, at most 256), u8 count (at most 16) of doors: account
 * 32, device 16, u16 length and relay address (at most 256). A door is an invite of its own by that
 * device, in the form of record.ts, whose secret follows from the link's.
 *
 * Rules [GR1] to [GR4] of docs/protocol/crypto.md.
 */
import { open, seal } from "../aead.ts";
import { assert } from "../base/assert.ts";
import { concat, equalBytes, fromUtf8, u16le, u32le, utf8, wipe } from "../base/bytes.ts";
import type { Random } from "../base/random.ts";
import { readerOf } from "../base/reader.ts";
import { err, ok, type Result } from "../base/result.ts";
import { ACCOUNT_ID_BYTES } from "../identity/account.ts";
import { CHANNEL_ID_BYTES } from "../identity/channel-id.ts";
import { DEVICE_ID_BYTES } from "../identity/device.ts";
import {
  encodeIntroduction,
  type Introduction,
  type IntroductionContent,
  openIntroduction,
} from "../identity/introduction.ts";
import { isRelayUrl } from "../identity/relay-url.ts";
import { kdf32 } from "../kdf.ts";
import { SIGNATURE_BYTES, verifyLabelled } from "../public/verify.ts";
import { signLabelled } from "../sign.ts";
import {
  type InviteRecordError,
  inviteTagOf,
  type RecordTooLong,
  SEALED_RECORD_BYTES_MAX,
  VOUCHER_BYTES_MAX,
} from "./record.ts";

const VERSION = 3;
/** Devices of admins besides the one that made the link. */
export const DOORS_MAX = 16;
const NAME_BYTES_MAX = 256;
const URL_BYTES_MAX = 256;
const TERMS_BYTES_MAX = 8_192;

/** Another device of an admin that knows the link: its own invite lies at `relayUrl`. */
export type Door = {
  readonly account: Uint8Array;
  readonly device: Uint8Array;
  /** Origin, in the form of relay-url.ts. */
  readonly relayUrl: string;
};

export type GroupTerms = {
  readonly channel: Uint8Array;
  /** As an admin wrote it: the app shows it as text and nothing else. */
  readonly name: string;
  readonly doors: readonly Door[];
};
export type GroupRecordContent = GroupTerms & {
  readonly expiresAtS: number;
  /** Empty: the relay needs none. */
  readonly voucher: Uint8Array;
  /** With the card of the device that seals, and no other. */
  readonly introduction: IntroductionContent;
};
export type GroupRecord = GroupTerms & {
  readonly expiresAtS: number;
  readonly voucher: Uint8Array;
  readonly introduction: Introduction;
};

/** 32 bytes: the secret of the invite that `device` leaves at its own relay for the same link. */
export const doorSecretOf = (secret: Uint8Array, device: Uint8Array): Uint8Array =>
  kdf32(secret, "inv/door", device);

/** 32 bytes: shows `device` of an admin that `account` has the link. */
export const joinProofOf = (
  secret: Uint8Array,
  account: Uint8Array,
  device: Uint8Array,
): Uint8Array => kdf32(secret, "inv/join", account, device);

/** `signKey`: of the device whose card it is, as `signLabelled` takes it. */
export function sealGroupRecord(
  secret: Uint8Array,
  content: GroupRecordContent,
  signKey: Uint8Array,
  random: Random,
): Result<Uint8Array, RecordTooLong> {
  assert(content.voucher.length <= VOUCHER_BYTES_MAX, "voucher length");
  assert(content.introduction.cards.length === 1, "one card");
  const tag = inviteTagOf(secret);
  const terms = encodeTerms(content);
  const plain = concat(
    Uint8Array.of(VERSION),
    u32le(content.expiresAtS),
    Uint8Array.of(content.voucher.length),
    content.voucher,
    withLength(terms),
    signLabelled(signKey, "inv/group", tag, terms),
    encodeIntroduction(content.introduction),
  );
  const key = kdf32(secret, "inv/rec");
  const sealed = seal(key, tag, plain, random);
  wipe(key);
  return sealed.length <= SEALED_RECORD_BYTES_MAX
    ? ok(sealed)
    : err({ type: "RecordTooLong", bytes: sealed.length, limit: SEALED_RECORD_BYTES_MAX });
}

/** `account` is the link's. What comes back is verified: its device, its card, and what it signed. */
export function openGroupRecord(
  secret: Uint8Array,
  account: Uint8Array,
  sealed: Uint8Array,
): Result<GroupRecord, InviteRecordError> {
  const key = kdf32(secret, "inv/rec");
  const tag = inviteTagOf(secret);
  const plain = open(key, tag, sealed);
  wipe(key);
  if (!plain.ok) return plain;
  const r = readerOf(plain.value);
  const version = r.u8();
  const expiresAtS = r.u32();
  const voucher = r.bytes(r.count(VOUCHER_BYTES_MAX));
  const termsBytes = r.bytes16(TERMS_BYTES_MAX);
  const signature = r.bytes(SIGNATURE_BYTES);
  const rest = r.rest();
  if (version !== VERSION) return err({ type: "RecordVersionUnknown", version });
  const terms = decodeTerms(termsBytes);
  if (!r.finished() || terms === undefined) return err({ type: "RecordMalformed" });
  const introduction = openIntroduction(rest);
  if (!introduction.ok) {
    const forged = introduction.error.type === "IntroductionForged";
    return err({ type: forged ? "RecordForged" : "RecordMalformed" });
  }
  const [maker] = introduction.value.devices;
  const isSigned =
    maker !== undefined &&
    equalBytes(introduction.value.account, account) &&
    verifyLabelled(maker.certificate.sigKey, signature, "inv/group", tag, termsBytes);
  if (!isSigned) return err({ type: "RecordForged" });
  return ok({ ...terms, expiresAtS, voucher, introduction: introduction.value });
}

function encodeTerms({ channel, name, doors }: GroupTerms): Uint8Array {
  assert(channel.length === CHANNEL_ID_BYTES, "a channel id");
  assert(doors.length <= DOORS_MAX, "few enough doors");
  const text = utf8(name);
  assert(text.length <= NAME_BYTES_MAX, "a name within its bound");
  const each = doors.flatMap(({ account, device, relayUrl }) => {
    assert(isRelayUrl(relayUrl), "a relay's address in its one form");
    return [account, device, withLength(utf8(relayUrl))];
  });
  return concat(channel, withLength(text), Uint8Array.of(doors.length), ...each);
}

function decodeTerms(bytes: Uint8Array): GroupTerms | undefined {
  const r = readerOf(bytes);
  const channel = r.bytes(CHANNEL_ID_BYTES);
  const name = fromUtf8(r.bytes16(NAME_BYTES_MAX));
  const doors = Array.from({ length: r.count(DOORS_MAX) }, () => {
    const account = r.bytes(ACCOUNT_ID_BYTES);
    const device = r.bytes(DEVICE_ID_BYTES);
    const relayUrl = fromUtf8(r.bytes16(URL_BYTES_MAX));
    return { account, device, relayUrl: relayUrl.ok ? relayUrl.value : "" };
  });
  const isSound = doors.every(({ relayUrl }) => isRelayUrl(relayUrl));
  return r.finished() && name.ok && isSound ? { channel, name: name.value, doors } : undefined;
}

const withLength = (bytes: Uint8Array): Uint8Array => concat(u16le(bytes.length), bytes);
