/**
 * A device certificate says that a device belongs to an account. Its issuer signs it (the account
 * key, or a device that may link others), and so does the device itself, which keeps anyone from
 * claiming a foreign device as theirs.
 *
 * | offset | bytes | field        | rule                                                       |
 * | -----: | ----: | ------------ | ---------------------------------------------------------- |
 * |      0 |     1 | version      | 1                                                          |
 * |      1 |    32 | accountKey   | AK                                                         |
 * |     33 |    16 | issuer       | id of the issuing device; zeros: AK issued it              |
 * |     49 |    32 | sigKey       | ID_sig                                                     |
 * |     81 |    32 | dhKey        | ID_dh                                                      |
 * |    113 |     1 | capabilities | bit 0 `link`; the others zero                              |
 * |    114 |     8 | createdAtMs  | u53, shown to people, decides nothing                      |
 * |    122 |    64 | issued       | issuer's signature "cert" over bytes 0 to 121              |
 * |    186 |    64 | claimed      | the device's signature "cert/self" over bytes 0 to 121     |
 *
 * Rules [CE1] to [CE5] of docs/protocol/crypto.md.
 */
import { assert } from "../base/assert.ts";
import { concat, u53le } from "../base/bytes.ts";
import { readerOf } from "../base/reader.ts";
import { err, ok, type Result } from "../base/result.ts";
import { SIGNATURE_BYTES, verifyLabelled } from "../public/verify.ts";
import { signLabelled } from "../sign.ts";
import { accountIdOf } from "./account.ts";
import { DEVICE_ID_BYTES, deviceIdOf, type DeviceKeys } from "./device.ts";

export const CERTIFICATE_BYTES = 250;
const VERSION = 1;
const SIGNED_BYTES = 122;
const NO_DEVICE = new Uint8Array(DEVICE_ID_BYTES);

/** May certify further devices of its account. */
export const CAPABILITY_LINK = 1;
const CAPABILITIES_KNOWN = CAPABILITY_LINK;

export type DeviceCertificate = {
  readonly accountKey: Uint8Array;
  /** Id of the issuing device; null: the account key itself. */
  readonly issuer: Uint8Array | null;
  readonly sigKey: Uint8Array;
  readonly dhKey: Uint8Array;
  readonly capabilities: number;
  readonly createdAtMs: number;
  /** Computed: `accountIdOf(accountKey)`, 32 bytes, and `deviceIdOf(…)`, 16 bytes. */
  readonly account: Uint8Array;
  readonly device: Uint8Array;
  /** As received: what is signed, hashed and passed on. */
  readonly bytes: Uint8Array;
};

export type CertificateError =
  | { readonly type: "CertificateMalformed" }
  | { readonly type: "CertificateVersionUnknown"; readonly version: number };

export type CertificateRequest = {
  readonly accountKey: Uint8Array;
  readonly issuer: Uint8Array | null;
  readonly device: Pick<DeviceKeys, "sigKey" | "dhKey">;
  readonly capabilities: number;
  readonly createdAtMs: number;
};

/** The bytes that issuer and device sign, each for itself and in either order. */
export function certificateToSign(request: CertificateRequest): Uint8Array {
  const signed = concat(
    Uint8Array.of(VERSION),
    request.accountKey,
    request.issuer ?? NO_DEVICE,
    request.device.sigKey,
    request.device.dhKey,
    Uint8Array.of(request.capabilities),
    u53le(request.createdAtMs),
  );
  assert(signed.length === SIGNED_BYTES, "certificate layout");
  return signed;
}

export const signAsIssuer = (issuerSecret: Uint8Array, toSign: Uint8Array): Uint8Array =>
  signLabelled(issuerSecret, "cert", toSign);

export const signAsDevice = (device: DeviceKeys, toSign: Uint8Array): Uint8Array =>
  signLabelled(device.sigSecret, "cert/self", toSign);

export const encodeCertificate = (
  toSign: Uint8Array,
  issued: Uint8Array,
  claimed: Uint8Array,
): Uint8Array => concat(toSign, issued, claimed);

/** A certificate where issuer and device are one machine: an account's first device. */
export function certifyDevice(
  request: Omit<CertificateRequest, "device"> & { readonly device: DeviceKeys },
  issuerSecret: Uint8Array,
): Uint8Array {
  const toSign = certificateToSign(request);
  const issued = signAsIssuer(issuerSecret, toSign);
  return encodeCertificate(toSign, issued, signAsDevice(request.device, toSign));
}

/** Reads the layout; believes nothing yet. See `verifyCertificate`. */
export function decodeCertificate(bytes: Uint8Array): Result<DeviceCertificate, CertificateError> {
  const r = readerOf(bytes);
  const version = r.u8();
  const accountKey = r.bytes(32);
  const issuer = r.bytes(DEVICE_ID_BYTES);
  const sigKey = r.bytes(32);
  const dhKey = r.bytes(32);
  const capabilities = r.u8();
  const createdAtMs = r.u53();
  r.bytes(2 * SIGNATURE_BYTES);
  if (bytes.length > 0 && version !== VERSION) {
    return err({ type: "CertificateVersionUnknown", version });
  }
  if (!r.finished() || (capabilities & ~CAPABILITIES_KNOWN) !== 0) {
    return err({ type: "CertificateMalformed" });
  }
  return ok({
    accountKey,
    issuer: issuer.some((byte) => byte !== 0) ? issuer : null,
    sigKey,
    dhKey,
    capabilities,
    createdAtMs,
    account: accountIdOf(accountKey),
    device: deviceIdOf(sigKey, dhKey),
    bytes: bytes.slice(),
  });
}

export const mayLink = (certificate: DeviceCertificate): boolean =>
  (certificate.capabilities & CAPABILITY_LINK) !== 0;

/** Did the device itself claim the account? No word yet on whether the account wants it. */
export const isClaimed = (certificate: DeviceCertificate): boolean =>
  verifyLabelled(
    certificate.sigKey,
    certificate.bytes.subarray(SIGNED_BYTES + SIGNATURE_BYTES),
    "cert/self",
    certificate.bytes.subarray(0, SIGNED_BYTES),
  );

/**
 * Both signatures. `issuerKey` is ID_sig of the device `issuer`, or AK where that is null: who it
 * is, and whether it might issue, is for facts.ts to say.
 */
export const verifyCertificate = (certificate: DeviceCertificate, issuerKey: Uint8Array): boolean =>
  verifyLabelled(
    issuerKey,
    certificate.bytes.subarray(SIGNED_BYTES, SIGNED_BYTES + SIGNATURE_BYTES),
    "cert",
    certificate.bytes.subarray(0, SIGNED_BYTES),
  ) && isClaimed(certificate);
