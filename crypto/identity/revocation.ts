/**
 * A revocation puts a device out of its account for ever. It lists which of the certificates that
 * the device issued stay; all others are void, since who stole it could go on issuing.
 *
 * | offset | bytes | field      | rule                                                      |
 * | -----: | ----: | ---------- | --------------------------------------------------------- |
 * |      0 |     1 | version    | 1                                                         |
 * |      1 |    32 | accountKey | AK                                                        |
 * |     33 |    16 | device     | the one that is out                                       |
 * |     49 |    16 | issuer     | id of the revoking device; zeros: AK                      |
 * |     65 |     8 | atMs       | u53, shown to people; no order follows from it            |
 * |     73 |     1 | count      | at most 32                                                |
 * |     74 |   32n | staying    | fact ids of certificates                                  |
 * | 74+32n |    64 | signature  | issuer's, "revoke" over everything before                 |
 *
 * Rules [RE1] to [RE3] of docs/protocol/crypto.md.
 */
import { assert } from "../base/assert.ts";
import { concat, u53le } from "../base/bytes.ts";
import { readerOf } from "../base/reader.ts";
import { err, ok, type Result } from "../base/result.ts";
import { SIGNATURE_BYTES, verifyLabelled } from "../public/verify.ts";
import { signLabelled } from "../sign.ts";
import { DEVICE_ID_BYTES } from "./device.ts";

export const STAYING_MAX = 32;
const VERSION = 1;
const NO_DEVICE = new Uint8Array(DEVICE_ID_BYTES);

type Statement = {
  readonly accountKey: Uint8Array;
  readonly device: Uint8Array;
  /** Id of the revoking device; null: the account key. */
  readonly issuer: Uint8Array | null;
  readonly atMs: number;
  /** Fact ids of certificates that the device issued and that go on to count. */
  readonly staying: readonly Uint8Array[];
};
export type Revocation = Statement & { readonly bytes: Uint8Array };

export type RevocationError =
  | { readonly type: "RevocationMalformed" }
  | { readonly type: "RevocationVersionUnknown"; readonly version: number };

export function encodeRevocation(statement: Statement, issuerSecret: Uint8Array): Uint8Array {
  assert(statement.staying.length <= STAYING_MAX, "few enough certificates stay");
  const signed = concat(
    Uint8Array.of(VERSION),
    statement.accountKey,
    statement.device,
    statement.issuer ?? NO_DEVICE,
    u53le(statement.atMs),
    Uint8Array.of(statement.staying.length),
    ...statement.staying,
  );
  assert(signed.length === 74 + 32 * statement.staying.length, "revocation layout");
  return concat(signed, signLabelled(issuerSecret, "revoke", signed));
}

/** Reads the layout; believes nothing yet. */
export function decodeRevocation(bytes: Uint8Array): Result<Revocation, RevocationError> {
  const r = readerOf(bytes);
  const version = r.u8();
  const accountKey = r.bytes(32);
  const device = r.bytes(DEVICE_ID_BYTES);
  const issuer = r.bytes(DEVICE_ID_BYTES);
  const atMs = r.u53();
  const staying = Array.from({ length: r.count(STAYING_MAX) }, () => r.bytes(32));
  r.bytes(SIGNATURE_BYTES);
  if (bytes.length > 0 && version !== VERSION) {
    return err({ type: "RevocationVersionUnknown", version });
  }
  if (!r.finished()) return err({ type: "RevocationMalformed" });
  return ok({
    accountKey,
    device,
    issuer: issuer.some((byte) => byte !== 0) ? issuer : null,
    atMs,
    staying,
    bytes: bytes.slice(),
  });
}

/** `issuerKey`: ID_sig of the device `issuer`, or AK where that is null. */
export function verifyRevocation(revocation: Revocation, issuerKey: Uint8Array): boolean {
  const end = revocation.bytes.length - SIGNATURE_BYTES;
  const signature = revocation.bytes.subarray(end);
  return verifyLabelled(issuerKey, signature, "revoke", revocation.bytes.subarray(0, end));
}
