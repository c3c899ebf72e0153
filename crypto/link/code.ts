/**
 * The code that links a device to an account: shown by either of the two as QR and link, scanned or
 * pasted by the other. Everything is in the URL's fragment, base64url of
 *
 * | offset | bytes | field      | rule                                                         |
 * | -----: | ----: | ---------- | ------------------------------------------------------------ |
 * |      0 |     1 | kind       | 2: a device link (an invite has 1 here)                      |
 * |      1 |     1 | version    | 1                                                            |
 * |      2 |     1 | shower     | 1: a device of the account shows it, 2: the new device       |
 * |      3 |    32 | secret     | opens the hellos; the grant asks for more                    |
 * |     35 |    32 | commitment | H("link/commit", the shower's hello): its keys cannot change |
 * |     67 |     4 | expiresAt  | u32, seconds since 1970                                      |
 * |     71 |     n | relayUrl   | where the two meet, UTF-8 in the form of relay-url.ts        |
 *
 * Rules [LC1] to [LC5] of docs/protocol/crypto.md.
 */
import { assert } from "../base/assert.ts";
import { fromBase64url, toBase64url } from "../base/base64url.ts";
import { concat, fromUtf8, u32le, utf8 } from "../base/bytes.ts";
import { readerOf } from "../base/reader.ts";
import { err, ok, type Result } from "../base/result.ts";
import { isRelayUrl } from "../identity/relay-url.ts";
import { kdf } from "../kdf.ts";

export const LINK_SECRET_BYTES = 32;
export const LINK_TAG_BYTES = 16;
export const LINK_VOUCHER_BYTES = 16;
/** Ten minutes: a photograph of the screen is worth nothing later. */
export const LINK_LIFE_S = 600;
const KIND = 2;
const VERSION = 1;
const SHOWER_MEMBER = 1;
const SHOWER_NEW = 2;
/** Far more than any link of ours: longer text is not looked at. */
const LINK_CHARACTERS_MAX = 4_096;

/** Which of the two devices: `member` is of the account already, `new` is to be. */
export type LinkRole = "member" | "new";
export type LinkCode = {
  readonly shower: LinkRole;
  readonly secret: Uint8Array;
  readonly commitment: Uint8Array;
  readonly expiresAtS: number;
  readonly relayUrl: string;
};
export type LinkCodeError =
  | { readonly type: "LinkCodeMalformed" }
  | { readonly type: "LinkCodeVersionUnknown"; readonly version: number }
  | { readonly type: "LinkCodeRelayInvalid" };
export type LinkExpired = { readonly type: "LinkExpired" };

/** The rendezvous addresses, 16 bytes each, in the order in which they are used. */
export type LinkTags = {
  /** Where a member that shows the code leaves what brings the voucher to the relay. */
  readonly voucher: Uint8Array;
  /** Where who scanned the code leaves its hello. */
  readonly scanner: Uint8Array;
  /** Where who showed it then leaves its own. */
  readonly shower: Uint8Array;
  /** Where the member leaves the grant. */
  readonly grant: Uint8Array;
};

/** `appUrl` is where the app is served, without a fragment. */
export function linkOf(appUrl: string, code: LinkCode): string {
  assert(!appUrl.includes("#"), "the app's address has no fragment");
  assert(code.secret.length === LINK_SECRET_BYTES, "link secret length");
  assert(code.commitment.length === 32, "commitment length");
  assert(isRelayUrl(code.relayUrl), "a relay's address in its one form");
  const bytes = concat(
    Uint8Array.of(KIND, VERSION, code.shower === "member" ? SHOWER_MEMBER : SHOWER_NEW),
    code.secret,
    code.commitment,
    u32le(code.expiresAtS),
    utf8(code.relayUrl),
  );
  return `${appUrl}#${toBase64url(bytes)}`;
}

/** Takes the whole link or its fragment. Whether it has expired is for whoever knows the time. */
export function parseLink(text: string): Result<LinkCode, LinkCodeError> {
  if (text.length > LINK_CHARACTERS_MAX) return err({ type: "LinkCodeMalformed" });
  const bytes = fromBase64url(text.slice(text.lastIndexOf("#") + 1).trim());
  if (!bytes.ok) return err({ type: "LinkCodeMalformed" });
  const r = readerOf(bytes.value);
  const kind = r.u8();
  const version = r.u8();
  const shower = r.u8();
  const secret = r.bytes(LINK_SECRET_BYTES);
  const commitment = r.bytes(32);
  const expiresAtS = r.u32();
  const relayUrl = fromUtf8(r.rest());
  if (kind !== KIND) return err({ type: "LinkCodeMalformed" });
  if (version !== VERSION) return err({ type: "LinkCodeVersionUnknown", version });
  if (!r.finished() || (shower !== SHOWER_MEMBER && shower !== SHOWER_NEW)) {
    return err({ type: "LinkCodeMalformed" });
  }
  if (!relayUrl.ok || !isRelayUrl(relayUrl.value)) return err({ type: "LinkCodeRelayInvalid" });
  const role: LinkRole = shower === SHOWER_MEMBER ? "member" : "new";
  return ok({ shower: role, secret, commitment, expiresAtS, relayUrl: relayUrl.value });
}

/** No remote clock decides: each side asks with its own. */
export const isLinkExpired = (code: LinkCode, nowS: number): boolean => nowS >= code.expiresAtS;

export const linkTagsOf = ({ secret }: LinkCode): LinkTags => ({
  voucher: kdf(LINK_TAG_BYTES, secret, "link/tag", Uint8Array.of(4)),
  scanner: kdf(LINK_TAG_BYTES, secret, "link/tag", Uint8Array.of(1)),
  shower: kdf(LINK_TAG_BYTES, secret, "link/tag", Uint8Array.of(2)),
  grant: kdf(LINK_TAG_BYTES, secret, "link/tag", Uint8Array.of(3)),
});

/**
 * 16 bytes with which the new device may register where not everybody may: the member tells the relay
 * their hash beside the first record that it leaves there.
 */
export const linkVoucherOf = ({ secret }: LinkCode): Uint8Array =>
  kdf(LINK_VOUCHER_BYTES, secret, "link/voucher");

/**
 * 16 bytes that the new device leaves in place of its hello once it has joined: a relay cannot say so
 * for it.
 */
export const linkJoinedOf = ({ secret }: LinkCode): Uint8Array =>
  kdf(LINK_TAG_BYTES, secret, "link/joined");
