/**
 * The two hellos of a link, one from each device, sealed under the code's secret. The scanner's
 * comes first; the shower's is fixed by the commitment in the code before it has seen the
 * scanner's. So who got hold of the code as well and stands between the two had to choose its keys
 * before it could know what the pictures would be (the commitment of ZRTP, RFC 6189, section 4.4):
 * that both screens show the same seven is then a matter of 1 in 2^42.
 *
 * | bytes | member's         | bytes | new device's                                          |
 * | ----: | ---------------- | ----: | ----------------------------------------------------- |
 * |     1 | version, 1       |     1 | version, 1                                            |
 * |     1 | role, 1          |     1 | role, 2                                               |
 * |    32 | nonce            |    32 | nonce                                                 |
 * |    32 | accountKey       |    32 | sigKey                                                |
 * |    16 | device           |    32 | dhKey                                                 |
 * |       |                  | 1,216 | kemKey, X-Wing: the grant is sealed to it             |
 * |   2+n | account's name   |   2+n | what the device calls itself, UTF-8, at most 256 B    |
 *
 * Rules [LH1] to [LH5] of docs/protocol/crypto.md.
 */
import { open, seal } from "../aead.ts";
import { assert } from "../base/assert.ts";
import { concat, equalBytes, fromUtf8, u16le, u32le, utf8, wipe } from "../base/bytes.ts";
import type { Random } from "../base/random.ts";
import { readerOf } from "../base/reader.ts";
import { err, ok, type Result } from "../base/result.ts";
import { DEVICE_ID_BYTES, type DeviceKeys } from "../identity/device.ts";
import { NAME_BYTES_MAX } from "../identity/introduction.ts";
import { kdf32 } from "../kdf.ts";
import { isKemPublicKey, KEM_PUBLIC_BYTES } from "../kem.ts";
import { hash32 } from "../public/hash.ts";
import { VERIFY_KEY_BYTES } from "../public/verify.ts";
import { emojiOf, type SasEmoji } from "../verify/emoji.ts";
import type { OpenFailed } from "../xchacha.ts";
import { isLinkExpired, type LinkCode, type LinkExpired } from "./code.ts";

export const LINK_NONCE_BYTES = 32;
const VERSION = 1;
const ROLE_MEMBER = 1;
const ROLE_NEW = 2;

export type MemberHello = {
  readonly role: "member";
  readonly accountKey: Uint8Array;
  readonly device: Uint8Array;
  readonly name: string;
};
export type NewHello = Pick<DeviceKeys, "sigKey" | "dhKey"> & {
  readonly role: "new";
  readonly kemKey: Uint8Array;
  readonly name: string;
};
export type Hello = MemberHello | NewHello;
/** `bytes`, nonce included, is what is committed to, sealed and hashed. */
export type HelloBytes<Said extends Hello = Hello> = Said & { readonly bytes: Uint8Array };

export type HelloError =
  | LinkExpired
  /** Not sealed under this code's secret, or altered. */
  | OpenFailed
  | { readonly type: "HelloMalformed" }
  | { readonly type: "HelloVersionUnknown"; readonly version: number }
  /** Not the hello that the code promises, or two devices of the same role. */
  | { readonly type: "HelloForged" };

export type LinkSide = "shower" | "scanner";

/** One a code: a nonce is never shown to two. */
export function makeHello<Said extends Hello>(hello: Said, random: Random): HelloBytes<Said> {
  const name = utf8(hello.name);
  assert(name.length <= NAME_BYTES_MAX, "a name within its bound");
  const nonce = random(LINK_NONCE_BYTES);
  const body =
    hello.role === "member"
      ? concat(nonce, hello.accountKey, hello.device)
      : concat(nonce, hello.sigKey, hello.dhKey, hello.kemKey);
  const role = hello.role === "member" ? ROLE_MEMBER : ROLE_NEW;
  const bytes = concat(Uint8Array.of(VERSION, role), body, u16le(name.length), name);
  return { ...hello, bytes };
}

/** 32 bytes, for the code that the owner of this hello will show. */
export const commitmentOf = (hello: HelloBytes): Uint8Array => hash32("link/commit", hello.bytes);

export function sealHello(
  code: LinkCode,
  side: LinkSide,
  hello: HelloBytes,
  random: Random,
): Uint8Array {
  const key = kdf32(code.secret, "link/hello", sideByte(side));
  try {
    return seal(key, contextOf(code), hello.bytes, random);
  } finally {
    wipe(key);
  }
}

/** `side`: whose hello it must be. The shower's is checked against the code. */
export function openHello(
  code: LinkCode,
  side: LinkSide,
  sealed: Uint8Array,
  nowS: number,
): Result<HelloBytes, HelloError> {
  if (isLinkExpired(code, nowS)) return err({ type: "LinkExpired" });
  const key = kdf32(code.secret, "link/hello", sideByte(side));
  const plain = open(key, contextOf(code), sealed);
  wipe(key);
  if (!plain.ok) return plain;
  const hello = decodeHello(plain.value);
  if (!hello.ok) return hello;
  const isExpected = (hello.value.role === code.shower) === (side === "shower");
  const isPromised = side === "scanner" || equalBytes(commitmentOf(hello.value), code.commitment);
  return isExpected && isPromised ? hello : err({ type: "HelloForged" });
}

/** 32 bytes: names this link and both its hellos. */
export const linkTranscriptOf = (
  code: LinkCode,
  shower: HelloBytes,
  scanner: HelloBytes,
): Uint8Array => hash32("link/th", contextOf(code), code.commitment, shower.bytes, scanner.bytes);

/** Seven pictures, alike on both screens unless somebody stands between. */
export const linkEmojiOf = (transcript: Uint8Array): readonly SasEmoji[] =>
  emojiOf(hash32("link/sas", transcript));

/** Reads the layout; believes nothing but that the KEM key can be used. */
export function decodeHello(bytes: Uint8Array): Result<HelloBytes, HelloError> {
  const r = readerOf(bytes);
  const version = r.u8();
  const role = r.u8();
  r.bytes(LINK_NONCE_BYTES);
  const said =
    role === ROLE_MEMBER
      ? {
          role: "member" as const,
          accountKey: r.bytes(VERIFY_KEY_BYTES),
          device: r.bytes(DEVICE_ID_BYTES),
        }
      : {
          role: "new" as const,
          sigKey: r.bytes(VERIFY_KEY_BYTES),
          dhKey: r.bytes(32),
          kemKey: r.bytes(KEM_PUBLIC_BYTES),
        };
  const name = fromUtf8(r.bytes16(NAME_BYTES_MAX));
  if (bytes.length > 0 && version !== VERSION) return err({ type: "HelloVersionUnknown", version });
  const isKnown = role === ROLE_MEMBER || role === ROLE_NEW;
  if (!r.finished() || !name.ok || !isKnown) return err({ type: "HelloMalformed" });
  if (said.role === "new" && !isKemPublicKey(said.kemKey)) return err({ type: "HelloMalformed" });
  return ok({ ...said, name: name.value, bytes: bytes.slice() });
}

/** Everything in the code but the secret and the commitment: altered codes do not meet. */
const contextOf = (code: LinkCode): Uint8Array =>
  concat(
    Uint8Array.of(code.shower === "member" ? ROLE_MEMBER : ROLE_NEW),
    u32le(code.expiresAtS),
    utf8(code.relayUrl),
  );

const sideByte = (side: LinkSide): Uint8Array => Uint8Array.of(side === "scanner" ? 1 : 2);
