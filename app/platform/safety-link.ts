/**
 * The link in the QR code of a safety number: whose screen shows it, and their code. In the fragment, which
 * no server sees. [ASL1] What was made is read back; anything else is no safety link.
 *
 *     byte 4 | account 32 | code
 */
import { fromBase64url, toBase64url } from "../../crypto/base/base64url.ts";
import { concat } from "../../crypto/base/bytes.ts";
import { fromHex, toHex } from "../../crypto/base/hex.ts";

const KIND = 4;
const ACCOUNT_BYTES = 32;
/** As base64url writes the first byte. */
const SAFETY_LINK = /^B[A-P]/u;
/** libsignal's codes have 74. */
const CODE_BYTES_MAX = 256;

export type SafetyShown = { readonly account: string; readonly code: Uint8Array };

const fragmentOf = (link: string): string => link.slice(link.indexOf("#") + 1);

/** Is it somebody's safety number, and no invite? */
export const isSafetyLink = (link: string): boolean => SAFETY_LINK.test(fragmentOf(link));

/** `account`: ours, hex32. */
export function safetyLinkOf(origin: string, { account, code }: SafetyShown): string {
  const id = fromHex(account);
  const bytes = concat(Uint8Array.of(KIND), id.ok ? id.value : new Uint8Array(0), code);
  return `${origin}/#${toBase64url(bytes)}`;
}

/** Null: not whole. */
export function readSafetyLink(link: string): SafetyShown | null {
  const bytes = fromBase64url(fragmentOf(link));
  if (!bytes.ok || bytes.value[0] !== KIND) return null;
  const [account, code] = [
    bytes.value.slice(1, 1 + ACCOUNT_BYTES),
    bytes.value.slice(1 + ACCOUNT_BYTES),
  ];
  const isWhole = account.length === ACCOUNT_BYTES && code.length > 0;
  return isWhole && code.length <= CODE_BYTES_MAX ? { account: toHex(account), code } : null;
}
