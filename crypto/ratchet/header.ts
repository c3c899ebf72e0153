/**
 * The header of a session message, encrypted under the epoch's header key: the relay sees neither
 * numbers nor ratchet keys.
 *
 * | offset | bytes | field      | rule                                                         |
 * | -----: | ----: | ---------- | ------------------------------------------------------------ |
 * |      0 |     4 | n          | u32, number of the message in its epoch                      |
 * |      4 |     4 | previousN  | u32, how many messages the sender's previous epoch had       |
 * |      8 |     1 | flags      | bit 0: an opening follows; the others zero                   |
 * |      9 |  1120 | ciphertext | X-Wing, for the receiver's ratchet key                       |
 * |   1129 |  1216 | publicKey  | X-Wing, the sender's new ratchet key                         |
 *
 * On the wire, before the sealed payload:
 *
 * | offset | bytes | field  | rule                                                             |
 * | -----: | ----: | ------ | ---------------------------------------------------------------- |
 * |      0 |    16 | tag    | K16(hk, "tag")                                                   |
 * |     16 |    24 | nonce  | random                                                           |
 * |     40 |     2 | length | u16 of the box: 25 or 2361                                       |
 * |     42 |     n | box    | under K32(hk, "hdr"), context tag                                |
 */
import { concat, u16le, u32le, wipe } from "../base/bytes.ts";
import type { Random } from "../base/random.ts";
import { readerOf } from "../base/reader.ts";
import { err, ok, type Result } from "../base/result.ts";
import { MESSAGE_ID_BYTES } from "../envelope.ts";
import { kdf32 } from "../kdf.ts";
import { KEM_CIPHERTEXT_BYTES, KEM_PUBLIC_BYTES } from "../kem.ts";
import { hash32 } from "../public/hash.ts";
import {
  NONCE_BYTES,
  OPEN_FAILED,
  type OpenFailed,
  xchachaDecrypt,
  xchachaEncrypt,
} from "../xchacha.ts";
import { tagOf } from "./keys.ts";

const LENGTH_AT = MESSAGE_ID_BYTES + NONCE_BYTES;
const BOX_AT = LENGTH_AT + 2;
const FLAG_OPENING = 1;

export type Header = {
  readonly n: number;
  readonly previousN: number;
  readonly opening: { readonly ciphertext: Uint8Array; readonly publicKey: Uint8Array } | null;
};

/** A message cut into its two parts: views into it. */
export type SplitMessage = {
  readonly tag: Uint8Array;
  /** Tag, nonce, length and box: bound into the payload's seal. */
  readonly head: Uint8Array;
  readonly sealed: Uint8Array;
};

export function splitMessage(message: Uint8Array): Result<SplitMessage, OpenFailed> {
  if (message.length < BOX_AT) return err(OPEN_FAILED);
  const end = BOX_AT + (message[LENGTH_AT] ?? 0) + 256 * (message[LENGTH_AT + 1] ?? 0);
  if (end > message.length) return err(OPEN_FAILED);
  return ok({
    tag: message.subarray(0, MESSAGE_ID_BYTES),
    head: message.subarray(0, end),
    sealed: message.subarray(end),
  });
}

/**
 * H("head", head), 32 bytes. Nobody but the sender makes another head whose header opens, while
 * whoever carries a message can put any payload behind one. Undefined when there is no head.
 */
export function headMarkOf(message: Uint8Array): Uint8Array | undefined {
  const split = splitMessage(message);
  return split.ok ? hash32("head", split.value.head) : undefined;
}

export function sealHeader(headerKey: Uint8Array, header: Header, random: Random): Uint8Array {
  const tag = tagOf(headerKey);
  const nonce = random(NONCE_BYTES);
  const { opening } = header;
  const plain = concat(
    u32le(header.n),
    u32le(header.previousN),
    Uint8Array.of(opening === null ? 0 : FLAG_OPENING),
    ...(opening === null ? [] : [opening.ciphertext, opening.publicKey]),
  );
  const key = kdf32(headerKey, "hdr");
  try {
    const box = xchachaEncrypt(key, nonce, tag, plain);
    return concat(tag, nonce, u16le(box.length), box);
  } finally {
    wipe(key);
  }
}

export function openHeader(headerKey: Uint8Array, split: SplitMessage): Result<Header, OpenFailed> {
  const key = kdf32(headerKey, "hdr");
  const nonce = split.head.subarray(MESSAGE_ID_BYTES, LENGTH_AT);
  const plain = xchachaDecrypt(key, nonce, split.tag, split.head.subarray(BOX_AT));
  wipe(key);
  if (!plain.ok) return plain;
  const r = readerOf(plain.value);
  const n = r.u32();
  const previousN = r.u32();
  const flags = r.u8();
  const opening =
    flags === FLAG_OPENING
      ? { ciphertext: r.bytes(KEM_CIPHERTEXT_BYTES), publicKey: r.bytes(KEM_PUBLIC_BYTES) }
      : null;
  return r.finished() && flags <= FLAG_OPENING ? ok({ n, previousN, opening }) : err(OPEN_FAILED);
}
