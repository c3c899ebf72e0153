/**
 * Prekeys: what lets others start a session with a device that is offline. One signed bundle a
 * mailbox, renewed while online, given to whoever holds a write token and never used up, so there
 * is no running out and no log of who is about to talk to whom. The price: who steals the device
 * while the secrets live opens the recorded first flights of its sessions, nothing after the first
 * answer.
 *
 * | offset | bytes | field       | rule                                                     |
 * | -----: | ----: | ----------- | -------------------------------------------------------- |
 * |      0 |     1 | version     | 1                                                        |
 * |      1 |     4 | spkId       | u32, the device's own count of its bundles               |
 * |      5 |    32 | SPK         | X25519 public key                                        |
 * |     37 |  1216 | XPK         | X-Wing public key                                        |
 * |   1253 |     8 | createdAtMs | u53                                                      |
 * |   1261 |   250 | certificate | of the device                                            |
 * |   1511 |    64 | signature   | "prekeys" over everything before, by ID_sig              |
 *
 * Rules [PK1] to [PK4] of docs/protocol/crypto.md.
 */
import { assert } from "../base/assert.ts";
import { concat, equalBytes, u32le, u53le } from "../base/bytes.ts";
import type { Random } from "../base/random.ts";
import { readerOf } from "../base/reader.ts";
import { err, ok, type Result } from "../base/result.ts";
import { DH_KEY_BYTES, makeDhKeyPair } from "../dh.ts";
import {
  CERTIFICATE_BYTES,
  decodeCertificate,
  type DeviceCertificate,
} from "../identity/certificate.ts";
import type { DeviceKeys } from "../identity/device.ts";
import { isKemPublicKey, KEM_PUBLIC_BYTES, makeKemKeyPair } from "../kem.ts";
import { hash16 } from "../public/hash.ts";
import { SIGNATURE_BYTES, verifyLabelled } from "../public/verify.ts";
import { signLabelled } from "../sign.ts";

export const PREKEY_BUNDLE_BYTES = 1_575;
const VERSION = 1;

/** Kept for `SECRETS_LIVE_MS`, then erased. */
export type PrekeySecrets = {
  /** 16 bytes: the id under which first flights arrive. */
  readonly id: Uint8Array;
  readonly spkId: number;
  readonly spk: Uint8Array;
  readonly spkSecret: Uint8Array;
  readonly xpk: Uint8Array;
  readonly xpkSecret: Uint8Array;
  readonly createdAtMs: number;
};

export type PrekeyBundle = {
  readonly id: Uint8Array;
  readonly spkId: number;
  readonly spk: Uint8Array;
  readonly xpk: Uint8Array;
  readonly createdAtMs: number;
  readonly certificate: DeviceCertificate;
  readonly bytes: Uint8Array;
};
export type PrekeyBundleError =
  | { readonly type: "PrekeyBundleMalformed" }
  | { readonly type: "PrekeyBundleVersionUnknown"; readonly version: number };

export type PrekeyOwner = { readonly keys: DeviceKeys; readonly certificate: DeviceCertificate };

export function makePrekeys(
  owner: PrekeyOwner,
  spkId: number,
  nowMs: number,
  random: Random,
): { readonly secrets: PrekeySecrets; readonly bundle: Uint8Array } {
  const spk = makeDhKeyPair(random);
  const xpk = makeKemKeyPair(random);
  const signed = concat(
    Uint8Array.of(VERSION),
    u32le(spkId),
    spk.publicKey,
    xpk.publicKey,
    u53le(nowMs),
    owner.certificate.bytes,
  );
  const bundle = concat(signed, signLabelled(owner.keys.sigSecret, "prekeys", signed));
  assert(bundle.length === PREKEY_BUNDLE_BYTES, "prekey bundle layout");
  const secrets = {
    id: prekeyIdOf(spk.publicKey, xpk.publicKey),
    spkId,
    spk: spk.publicKey,
    spkSecret: spk.secretKey,
    xpk: xpk.publicKey,
    xpkSecret: xpk.secretKey,
    createdAtMs: nowMs,
  };
  return { secrets, bundle };
}

/** Reads the layout; believes nothing yet. See `verifyPrekeyBundle`. */
export function decodePrekeyBundle(bytes: Uint8Array): Result<PrekeyBundle, PrekeyBundleError> {
  const r = readerOf(bytes);
  const version = r.u8();
  const spkId = r.u32();
  const spk = r.bytes(DH_KEY_BYTES);
  const xpk = r.bytes(KEM_PUBLIC_BYTES);
  const createdAtMs = r.u53();
  const certificate = decodeCertificate(r.bytes(CERTIFICATE_BYTES));
  r.bytes(SIGNATURE_BYTES);
  if (bytes.length > 0 && version !== VERSION) {
    return err({ type: "PrekeyBundleVersionUnknown", version });
  }
  if (!r.finished() || !certificate.ok) return err({ type: "PrekeyBundleMalformed" });
  const id = prekeyIdOf(spk, xpk);
  return ok({
    id,
    spkId,
    spk,
    xpk,
    createdAtMs,
    certificate: certificate.value,
    bytes: bytes.slice(),
  });
}

/**
 * Is it of the device that `live` is about (one of `liveDevicesOf`), signed by it, with a key that
 * can be used? The certificate inside may be an older one of the same keys.
 */
export function verifyPrekeyBundle(bundle: PrekeyBundle, live: DeviceCertificate): boolean {
  const end = bundle.bytes.length - SIGNATURE_BYTES;
  const signature = bundle.bytes.subarray(end);
  return (
    equalBytes(bundle.certificate.device, live.device) &&
    equalBytes(bundle.certificate.accountKey, live.accountKey) &&
    verifyLabelled(live.sigKey, signature, "prekeys", bundle.bytes.subarray(0, end)) &&
    isKemPublicKey(bundle.xpk)
  );
}

const prekeyIdOf = (spk: Uint8Array, xpk: Uint8Array): Uint8Array => hash16("prekey", spk, xpk);
