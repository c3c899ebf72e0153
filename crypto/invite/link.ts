/**
 * An invite link. Everything is in the URL's fragment, which no web server and no relay sees:
 * base64url of
 *
 * | offset | bytes | field      | rule                                                          |
 * | -----: | ----: | ---------- | ------------------------------------------------------------- |
 * |      0 |     1 | version    | 1: to a person; 3: into a group (2: link/code.ts)             |
 * |      1 |    32 | account    | account id of the inviter: what the record is checked against |
 * |     33 |    32 | secret     | opens the record, and enters the handshake                    |
 * |     65 |     4 | expiresAt  | u32, seconds since 1970                                       |
 * |     69 |     n | relayUrl   | where the record lies, UTF-8 in the form of relay-url.ts      |
 *
 * Rules [LI1] to [LI3] of docs/protocol/crypto.md.
 */
import { assert } from "../base/assert.ts";
import { fromBase64url, toBase64url } from "../base/base64url.ts";
import { concat, fromUtf8, u32le, utf8 } from "../base/bytes.ts";
import { readerOf } from "../base/reader.ts";
import { err, ok, type Result } from "../base/result.ts";
import { ACCOUNT_ID_BYTES } from "../identity/account.ts";
import { isRelayUrl } from "../identity/relay-url.ts";

export const INVITE_SECRET_BYTES = 32;
/** By what lies at the other end. */
const VERSIONS = { person: 1, group: 3 } as const;
/** Far more than any link of ours: longer text is not looked at. */
const LINK_CHARACTERS_MAX = 4_096;

export type Invite = {
  /** record.ts says what a person leaves there, group-record.ts what lies there of a group. */
  readonly leadsTo: keyof typeof VERSIONS;
  readonly account: Uint8Array;
  readonly secret: Uint8Array;
  readonly expiresAtS: number;
  readonly relayUrl: string;
};
export type InviteLinkError =
  | { readonly type: "LinkMalformed" }
  | { readonly type: "LinkVersionUnknown"; readonly version: number }
  | { readonly type: "LinkRelayInvalid" };

/** `appUrl` is where the app is served, without a fragment. */
export function inviteLinkOf(appUrl: string, invite: Invite): string {
  assert(!appUrl.includes("#"), "the app's address has no fragment");
  assert(invite.account.length === ACCOUNT_ID_BYTES, "account id length");
  assert(invite.secret.length === INVITE_SECRET_BYTES, "invite secret length");
  assert(isRelayUrl(invite.relayUrl), "a relay's address in its one form");
  const bytes = concat(
    Uint8Array.of(VERSIONS[invite.leadsTo]),
    invite.account,
    invite.secret,
    u32le(invite.expiresAtS),
    utf8(invite.relayUrl),
  );
  return `${appUrl}#${toBase64url(bytes)}`;
}

/** Takes the whole link or its fragment. Whether it has expired is for whoever knows the time. */
export function parseInviteLink(text: string): Result<Invite, InviteLinkError> {
  if (text.length > LINK_CHARACTERS_MAX) return err({ type: "LinkMalformed" });
  const bytes = fromBase64url(text.slice(text.lastIndexOf("#") + 1).trim());
  if (!bytes.ok || bytes.value.length === 0) return err({ type: "LinkMalformed" });
  const r = readerOf(bytes.value);
  const version = r.u8();
  const isGroup = version === VERSIONS.group;
  if (!isGroup && version !== VERSIONS.person) return err({ type: "LinkVersionUnknown", version });
  const account = r.bytes(ACCOUNT_ID_BYTES);
  const secret = r.bytes(INVITE_SECRET_BYTES);
  const expiresAtS = r.u32();
  const relayUrl = fromUtf8(r.rest());
  if (!r.finished()) return err({ type: "LinkMalformed" });
  if (!relayUrl.ok || !isRelayUrl(relayUrl.value)) return err({ type: "LinkRelayInvalid" });
  const leadsTo = isGroup ? "group" : "person";
  return ok({ leadsTo, account, secret, expiresAtS, relayUrl: relayUrl.value });
}
