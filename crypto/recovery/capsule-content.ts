/**
 * What a recovery capsule holds: enough to be the account again on an empty device, and to reach
 * those who hold the rest. What belongs to sync/ is opaque here: a row of its own a contact, a
 * channel, and one for the account.
 *
 * | bytes | field       | rule                                                             |
 * | ----: | ----------- | ---------------------------------------------------------------- |
 * |     1 | version     | 1                                                                |
 * |    16 | author      | the device that wrote it                                         |
 * |     8 | counter     | u53, one more than that of the capsule it replaces               |
 * |     8 | writtenAtMs | u53, shown to people, decides nothing                            |
 * |   4+n | self        | u32 length, then our introduction (identity/introduction.ts)     |
 * |     1 | count       | home relays, at most 4; each u16 length, address, relay id 32    |
 * |     2 | count       | contacts, at most 2,000; each u32 length and introduction,       |
 * |       |             | then u16 length and row, at most 512 bytes                       |
 * |     2 | count       | channels, at most 4,000; each id 16, u16 length and row (512)    |
 * |   4+n | row         | the account's, u32 length, at most 32 KiB                        |
 * |    64 | signature   | "capsule" over everything before, by the author's ID_sig         |
 *
 * Rules [CP5] to [CP8] of docs/protocol/crypto.md.
 */
import { assert } from "../base/assert.ts";
import { concat, equalBytes, fromUtf8, u16le, u32le, u53le, utf8 } from "../base/bytes.ts";
import { type Reader, readerOf } from "../base/reader.ts";
import { err, ok, type Result } from "../base/result.ts";
import { CARD_RELAYS_MAX, RELAY_ID_BYTES } from "../identity/card.ts";
import { CHANNEL_ID_BYTES } from "../identity/channel-id.ts";
import { DEVICE_ID_BYTES } from "../identity/device.ts";
import { liveDevicesOf } from "../identity/facts.ts";
import {
  encodeIntroduction,
  type Introduction,
  type IntroductionContent,
  openIntroduction,
} from "../identity/introduction.ts";
import { isRelayUrl, RELAY_URL_BYTES_MAX } from "../identity/relay-url.ts";
import { SIGNATURE_BYTES, verifyLabelled } from "../public/verify.ts";
import { signLabelled } from "../sign.ts";
import { CAPSULE_BYTES_MAX, type CapsuleTooLong } from "./capsule.ts";

export const CAPSULE_CONTACTS_MAX = 2_000;
export const CAPSULE_CHANNELS_MAX = 4_000;
export const CAPSULE_ROW_BYTES_MAX = 512;
export const CAPSULE_ACCOUNT_ROW_BYTES_MAX = 32_768;
const VERSION = 1;

export type CapsuleRelay = { readonly url: string; readonly relayId: Uint8Array };
export type CapsuleChannel = { readonly channel: Uint8Array; readonly row: Uint8Array };
export type CapsuleContact = {
  readonly introduction: IntroductionContent;
  readonly row: Uint8Array;
};
export type CapsuleContent = {
  readonly author: Uint8Array;
  readonly counter: number;
  readonly writtenAtMs: number;
  readonly self: IntroductionContent;
  readonly relays: readonly CapsuleRelay[];
  /** The most important first. */
  readonly contacts: readonly CapsuleContact[];
  readonly channels: readonly CapsuleChannel[];
  readonly row: Uint8Array;
};
export type OpenedContact = { readonly introduction: Introduction; readonly row: Uint8Array };
export type OpenedCapsule = Omit<CapsuleContent, "self" | "contacts"> & {
  readonly self: Introduction;
  readonly contacts: readonly OpenedContact[];
  /** Contacts whose introduction did not verify: they are left out. */
  readonly contactsUnreadable: number;
};
export type CapsuleContentError =
  | { readonly type: "CapsuleMalformed" }
  | { readonly type: "CapsuleContentVersionUnknown"; readonly version: number }
  /** Another account, or not signed by a device that the facts in it show as live. */
  | { readonly type: "CapsuleForged" };
const MALFORMED: CapsuleContentError = { type: "CapsuleMalformed" };
const FORGED: CapsuleContentError = { type: "CapsuleForged" };

/** `shortened`: so many contacts went in with key, name and row alone. */
export type EncodedCapsule = { readonly bytes: Uint8Array; readonly shortened: number };

/**
 * `sigSecret` is the author's. When all does not fit, contacts towards the end go in without
 * facts and cards: their names come back, and they are reached again when they write, or by a new
 * link.
 */
export function encodeCapsule(
  content: CapsuleContent,
  sigSecret: Uint8Array,
): Result<EncodedCapsule, CapsuleTooLong> {
  const { relays, contacts, channels, row } = content;
  assert(content.author.length === DEVICE_ID_BYTES, "device id length");
  assert(relays.length <= CARD_RELAYS_MAX, "few enough relays");
  assert(contacts.length <= CAPSULE_CONTACTS_MAX, "few enough contacts");
  assert(channels.length <= CAPSULE_CHANNELS_MAX, "few enough channels");
  assert(row.length <= CAPSULE_ACCOUNT_ROW_BYTES_MAX, "the account's row within its bound");
  const before = concat(
    Uint8Array.of(VERSION),
    content.author,
    u53le(content.counter),
    u53le(content.writtenAtMs),
    with32(encodeIntroduction(content.self)),
    Uint8Array.of(relays.length),
    ...relays.map((it) => concat(with16(utf8(it.url)), it.relayId)),
    u16le(contacts.length),
  );
  const behind = concat(
    u16le(channels.length),
    ...channels.map((it) => concat(it.channel, rowOf(it.row))),
    with32(row),
  );
  const room = CAPSULE_BYTES_MAX - before.length - behind.length - SIGNATURE_BYTES;
  const fitted = fitContacts(contacts, room);
  if (!fitted.ok) {
    const bytes = CAPSULE_BYTES_MAX + fitted.error;
    return err({ type: "CapsuleTooLong", bytes, limit: CAPSULE_BYTES_MAX });
  }
  const signed = concat(before, ...fitted.value.rows, behind);
  const bytes = concat(signed, signLabelled(sigSecret, "capsule", signed));
  return ok({ bytes, shortened: fitted.value.shortened });
}

/** `account`: what the recovery secret says. What comes back is verified. */
export function decodeCapsule(
  account: Uint8Array,
  bytes: Uint8Array,
): Result<OpenedCapsule, CapsuleContentError> {
  const r = readerOf(bytes);
  const version = r.u8();
  const author = r.bytes(DEVICE_ID_BYTES);
  const counter = r.u53();
  const writtenAtMs = r.u53();
  const selfBytes = r.bytes(r.u32());
  const relays = listOf(r, r.count(CARD_RELAYS_MAX), readRelay);
  const contactRows = listOf(r, count16(r, CAPSULE_CONTACTS_MAX), () => ({
    introduction: r.bytes(r.u32()),
    row: r.bytes16(CAPSULE_ROW_BYTES_MAX),
  }));
  const channels = listOf(r, count16(r, CAPSULE_CHANNELS_MAX), () => ({
    channel: r.bytes(CHANNEL_ID_BYTES),
    row: r.bytes16(CAPSULE_ROW_BYTES_MAX),
  }));
  const row = r.bytes(r.u32());
  const signature = r.bytes(SIGNATURE_BYTES);
  if (bytes.length > 0 && version !== VERSION) {
    return err({ type: "CapsuleContentVersionUnknown", version });
  }
  if (!r.finished() || row.length > CAPSULE_ACCOUNT_ROW_BYTES_MAX) return err(MALFORMED);

  const self = openIntroduction(selfBytes);
  if (!self.ok) return err(self.error.type === "IntroductionForged" ? FORGED : MALFORMED);
  const { accountKey, facts } = self.value;
  const writer = liveDevicesOf(accountKey, facts).find((it) => equalBytes(it.device, author));
  const signed = bytes.subarray(0, bytes.length - SIGNATURE_BYTES);
  if (
    !equalBytes(self.value.account, account) ||
    writer === undefined ||
    !verifyLabelled(writer.sigKey, signature, "capsule", signed)
  ) {
    return err(FORGED);
  }
  const contacts = contactRows.flatMap((it) => {
    const introduction = openIntroduction(it.introduction);
    return introduction.ok ? [{ introduction: introduction.value, row: it.row }] : [];
  });
  const contactsUnreadable = contactRows.length - contacts.length;
  const rest = { relays, contacts, contactsUnreadable, channels, row };
  return ok({ author, counter, writtenAtMs, self: self.value, ...rest });
}

type Fitted = { readonly rows: readonly Uint8Array[]; readonly shortened: number };

/** In full as long as what is left fits in short; else the bytes that are too many. */
function fitContacts(contacts: readonly CapsuleContact[], room: number): Result<Fitted, number> {
  const short = contacts.map(({ introduction, row }) =>
    contactOf({ introduction: { ...introduction, facts: [], cards: [] }, row }),
  );
  let left = room - short.reduce((sum, it) => sum + it.length, 0);
  if (left < 0) return err(-left);
  let shortened = 0;
  const rows = contacts.map((contact, i) => {
    const [full, brief] = [contactOf(contact), short[i] ?? new Uint8Array(0)];
    if (full.length - brief.length > left) {
      shortened += 1;
      return brief;
    }
    left -= full.length - brief.length;
    return full;
  });
  return ok({ rows, shortened });
}

const with16 = (bytes: Uint8Array): Uint8Array => concat(u16le(bytes.length), bytes);
const with32 = (bytes: Uint8Array): Uint8Array => concat(u32le(bytes.length), bytes);

const contactOf = ({ introduction, row }: CapsuleContact): Uint8Array =>
  concat(with32(encodeIntroduction(introduction)), rowOf(row));

function rowOf(row: Uint8Array): Uint8Array {
  assert(row.length <= CAPSULE_ROW_BYTES_MAX, "a row within its bound");
  return with16(row);
}

function readRelay(r: Reader): CapsuleRelay {
  const url = fromUtf8(r.bytes16(RELAY_URL_BYTES_MAX));
  const text = url.ok ? url.value : "";
  if (!isRelayUrl(text)) r.fail();
  return { url: text, relayId: r.bytes(RELAY_ID_BYTES) };
}

function count16(r: Reader, max: number): number {
  const count = r.u16();
  if (count <= max) return count;
  r.fail();
  return 0;
}

const listOf = <Item>(r: Reader, count: number, read: (r: Reader) => Item): readonly Item[] =>
  Array.from({ length: count }, () => read(r));
