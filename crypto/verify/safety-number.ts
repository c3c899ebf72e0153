/**
 * The safety number of two accounts: 60 digits that both see alike, if and only if nobody put other
 * keys between them. It is Signal's numeric fingerprint, version 2 (libsignal, `fingerprint.rs`):
 * 5,200 rounds of SHA-512, which make each guess at a look-alike key that much dearer. The key goes
 * in as libsignal writes keys, with 0x05 before it; the identifier is the account id. The code to
 * scan is libsignal's too, a Protocol Buffers message.
 *
 * Account keys stay when devices come and go, and so does the number. Rules [SN1] to [SN4] of
 * docs/protocol/crypto.md.
 */
import { assert } from "../base/assert.ts";
import { concat, equalBytes } from "../base/bytes.ts";
import { err, ok, type Result } from "../base/result.ts";
import { sodium } from "../base/sodium.ts";
import { accountIdOf } from "../identity/account.ts";
import { VERIFY_KEY_BYTES } from "../public/verify.ts";

export const SAFETY_NUMBER_DIGITS = 60;
const ROUNDS = 5_200;
const KEY_TYPE = 5;
/** The fingerprint's own version, two zero bytes since the first. */
const FINGERPRINT_VERSION = Uint8Array.of(0, 0);
const GROUPS = 6;
const GROUP_BYTES = 5;
const GROUP_DIGITS = 5;
const SCANNED_BYTES = 32;
const SCAN_VERSION = 2;

export type SafetyScanError =
  | { readonly type: "SafetyCodeMalformed" }
  /** Made by an app that makes other codes. */
  | { readonly type: "SafetyCodeVersionUnknown"; readonly version: number };

/** 60 digits, the same whoever asks. Takes about 25 ms: ask once. */
export function safetyNumberOf(accountKey: Uint8Array, otherKey: Uint8Array): string {
  const [first, second] = [fingerprintOfAccount(accountKey), fingerprintOfAccount(otherKey)];
  return numberOf(first, second);
}

/** What we show for the other side to scan. */
export const safetyCodeOf = (accountKey: Uint8Array, otherKey: Uint8Array): Uint8Array =>
  codeOf(fingerprintOfAccount(accountKey), fingerprintOfAccount(otherKey));

/** Did the other side show the code that belongs to our view of both keys? */
export function checkSafetyCode(
  accountKey: Uint8Array,
  otherKey: Uint8Array,
  scanned: Uint8Array,
): Result<boolean, SafetyScanError> {
  const expected = safetyCodeOf(otherKey, accountKey);
  const version = scanned[1] ?? 0;
  if (scanned[0] !== expected[0]) return err({ type: "SafetyCodeMalformed" });
  if (version !== SCAN_VERSION) return err({ type: "SafetyCodeVersionUnknown", version });
  if (scanned.length !== expected.length) return err({ type: "SafetyCodeMalformed" });
  return ok(equalBytes(scanned, expected));
}

/** 64 bytes: libsignal's iterated hash of one party. */
export function fingerprintOf(identifier: Uint8Array, key: Uint8Array): Uint8Array {
  assert(key.length === VERIFY_KEY_BYTES, "account key length");
  const typed = concat(Uint8Array.of(KEY_TYPE), key);
  let digest = sodium.crypto_hash(concat(FINGERPRINT_VERSION, typed, identifier, typed));
  for (let round = 1; round < ROUNDS; round++) digest = sodium.crypto_hash(concat(digest, typed));
  return digest;
}

/** 60 digits of two fingerprints; the smaller half stands first. */
export function numberOf(fingerprint: Uint8Array, other: Uint8Array): string {
  const [first, second] = [fingerprint, other].map(digitsOf).toSorted();
  const digits = `${first ?? ""}${second ?? ""}`;
  assert(digits.length === SAFETY_NUMBER_DIGITS, "two halves of thirty digits");
  return digits;
}

/** LocalFingerprint and remote, as `CombinedFingerprints` of libsignal's fingerprint.proto. */
export function codeOf(mine: Uint8Array, other: Uint8Array): Uint8Array {
  const field = (number: number, bytes: Uint8Array): Uint8Array =>
    concat(Uint8Array.of((number << 3) | 2, bytes.length), bytes);
  const half = (fingerprint: Uint8Array): Uint8Array =>
    field(1, fingerprint.subarray(0, SCANNED_BYTES));
  return concat(Uint8Array.of(1 << 3, SCAN_VERSION), field(2, half(mine)), field(3, half(other)));
}

const fingerprintOfAccount = (key: Uint8Array): Uint8Array => fingerprintOf(accountIdOf(key), key);

/** Six groups of five digits, each five bytes modulo 100,000. */
function digitsOf(fingerprint: Uint8Array): string {
  return Array.from({ length: GROUPS }, (_, group) => {
    const bytes = fingerprint.subarray(group * GROUP_BYTES, (group + 1) * GROUP_BYTES);
    const value = bytes.reduce((sum, byte) => sum * 256 + byte, 0);
    return String(value % 10 ** GROUP_DIGITS).padStart(GROUP_DIGITS, "0");
  }).join("");
}
