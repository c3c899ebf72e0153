/**
 * The grant: what the member gives the new device once its person has compared the pictures and
 * agreed. It is sealed to the new device's KEM key as well as under the code's secret, so the code
 * alone, seen by somebody else, does not open it, nor does a quantum computer in later years.
 *
 *     wire: version 1 | X-Wing ciphertext 1120 | aead.ts under
 *           K32(shared secret, "link/grant", secret, transcript, version | ciphertext)
 *
 * | bytes | field    | rule                                                                     |
 * | ----: | -------- | ------------------------------------------------------------------------ |
 * |     1 | version  | 1                                                                        |
 * |   122 | toSign   | certificate of the new device, still without its own claim               |
 * |    64 | issued   | the issuer's signature under it                                          |
 * |     1 | flags    | bit 0: recovery; the others zero                                         |
 * |    32 | recovery | the recovery secret, as long as no device has had its words confirmed    |
 * | 1,264 | capsule  | public key, place, write key of the recovery capsule                     |
 * |   4+n | intro    | u32 length, our introduction: AK, name, facts, cards                     |
 * |   4+n | state    | u32 length, sync's own                                                   |
 *
 * The new device adds its claim, and is live for all who then see both signatures. Rules [LG1] to
 * [LG6] of docs/protocol/crypto.md.
 */
import { open, seal } from "../aead.ts";
import { assert } from "../base/assert.ts";
import { concat, equalBytes, u32le, wipe } from "../base/bytes.ts";
import type { Random } from "../base/random.ts";
import { readerOf } from "../base/reader.ts";
import { err, ok, type Result } from "../base/result.ts";
import { accountKeysOf } from "../identity/account.ts";
import {
  CERTIFICATE_BYTES,
  decodeCertificate,
  type DeviceCertificate,
  encodeCertificate,
  signAsDevice,
} from "../identity/certificate.ts";
import { deviceIdOf, type DeviceKeys } from "../identity/device.ts";
import { certificateFactOf, liveDevicesOf } from "../identity/facts.ts";
import {
  encodeIntroduction,
  type Introduction,
  type IntroductionContent,
  openIntroduction,
} from "../identity/introduction.ts";
import { RECOVERY_SECRET_BYTES } from "../identity/recovery-secret.ts";
import { kdf32 } from "../kdf.ts";
import { decapsulate, encapsulate, KEM_CIPHERTEXT_BYTES, KEM_PUBLIC_BYTES } from "../kem.ts";
import { SIGNATURE_BYTES } from "../public/verify.ts";
import {
  CAPSULE_PLACE_BYTES,
  CAPSULE_WRITE_KEY_BYTES,
  type CapsuleKeys,
} from "../recovery/capsule.ts";
import { OPEN_FAILED, type OpenFailed } from "../xchacha.ts";
import { isLinkExpired, type LinkCode, type LinkExpired } from "./code.ts";
import type { HelloBytes, MemberHello, NewHello } from "./hello.ts";

/** Sealed. What a relay takes at a rendezvous address. */
export const SEALED_GRANT_BYTES_MAX = 16_384;
const VERSION = 1;
const HEAD_BYTES = 1 + KEM_CIPHERTEXT_BYTES;
const TO_SIGN_BYTES = CERTIFICATE_BYTES - 2 * SIGNATURE_BYTES;
const HAS_RECOVERY = 1;

export type GrantContent = {
  /** `certificateToSign` and `signAsIssuer` over it. */
  readonly toSign: Uint8Array;
  readonly issued: Uint8Array;
  /** Null: its words are confirmed, and no device holds it any more. */
  readonly recoverySecret: Uint8Array | null;
  readonly capsule: CapsuleKeys;
  /** With cards whose tokens are for the new device. */
  readonly introduction: IntroductionContent;
  readonly state: Uint8Array;
};
/** Verified, and the certificate complete. */
export type Grant = Pick<GrantContent, "recoverySecret" | "capsule" | "state"> & {
  readonly certificate: DeviceCertificate;
  readonly introduction: Introduction;
  /** The introduction's, and this certificate: what the new device tells the others. */
  readonly facts: readonly Uint8Array[];
};
export type GrantError =
  | LinkExpired
  /** Not sealed for this device in this link, or altered. */
  | OpenFailed
  | { readonly type: "GrantMalformed" }
  | { readonly type: "GrantVersionUnknown"; readonly version: number }
  /** Another account or device than the hellos named, or a certificate that does not stand. */
  | { readonly type: "GrantForged" };
export type GrantTooLong = {
  readonly type: "GrantTooLong";
  readonly bytes: number;
  readonly limit: number;
};

/** `to` is who asked; `transcript` that of `linkTranscriptOf`, whose pictures were compared. */
export function sealGrant(
  code: LinkCode,
  transcript: Uint8Array,
  to: HelloBytes<NewHello>,
  content: GrantContent,
  random: Random,
): Result<Uint8Array, GrantTooLong> {
  const encapsulated = encapsulate(to.kemKey, random);
  assert(encapsulated.ok, "a hello is opened only with a key that can be used");
  const head = concat(Uint8Array.of(VERSION), encapsulated.value.ciphertext);
  const plain = encodeGrant(content);
  const key = grantKeyOf(encapsulated.value.sharedSecret, code, transcript, head);
  try {
    const sealed = concat(head, seal(key, transcript, plain, random));
    return sealed.length <= SEALED_GRANT_BYTES_MAX
      ? ok(sealed)
      : err({ type: "GrantTooLong", bytes: sealed.length, limit: SEALED_GRANT_BYTES_MAX });
  } finally {
    wipe(key, plain, encapsulated.value.sharedSecret);
  }
}

/** `own` is the new device: the keys in its hello, and the secret half of its KEM key. */
export function openGrant(
  code: LinkCode,
  transcript: Uint8Array,
  from: HelloBytes<MemberHello>,
  own: { readonly device: DeviceKeys; readonly kemSecret: Uint8Array },
  sealed: Uint8Array,
  nowS: number,
): Result<Grant, GrantError> {
  if (isLinkExpired(code, nowS)) return err({ type: "LinkExpired" });
  const version = sealed[0] ?? 0;
  if (sealed.length > 0 && version !== VERSION) {
    return err({ type: "GrantVersionUnknown", version });
  }
  if (sealed.length < HEAD_BYTES || sealed.length > SEALED_GRANT_BYTES_MAX) return err(OPEN_FAILED);
  const head = sealed.subarray(0, HEAD_BYTES);
  const shared = decapsulate(head.subarray(1), own.kemSecret);
  if (!shared.ok) return err(OPEN_FAILED);
  const key = grantKeyOf(shared.value, code, transcript, head);
  const plain = open(key, transcript, sealed.subarray(HEAD_BYTES));
  wipe(key, shared.value);
  if (!plain.ok) return plain;
  const content = decodeGrant(plain.value);
  return content.ok ? verifyGrant(content.value, from, own.device) : content;
}

function encodeGrant(content: GrantContent): Uint8Array {
  const { toSign, issued, recoverySecret, capsule, state } = content;
  assert(toSign.length === TO_SIGN_BYTES && issued.length === SIGNATURE_BYTES, "certificate half");
  assert(capsule.publicKey.length === KEM_PUBLIC_BYTES, "capsule key length");
  const introduction = encodeIntroduction(content.introduction);
  return concat(
    Uint8Array.of(VERSION),
    toSign,
    issued,
    Uint8Array.of(recoverySecret === null ? 0 : HAS_RECOVERY),
    recoverySecret ?? new Uint8Array(0),
    capsule.publicKey,
    capsule.place,
    capsule.writeKey,
    u32le(introduction.length),
    introduction,
    u32le(state.length),
    state,
  );
}

type DecodedGrant = Omit<GrantContent, "introduction"> & { readonly introduction: Uint8Array };

/** Reads the layout; believes nothing yet. */
function decodeGrant(bytes: Uint8Array): Result<DecodedGrant, GrantError> {
  const r = readerOf(bytes);
  const version = r.u8();
  const toSign = r.bytes(TO_SIGN_BYTES);
  const issued = r.bytes(SIGNATURE_BYTES);
  const flags = r.u8();
  const recoverySecret = flags === HAS_RECOVERY ? r.bytes(RECOVERY_SECRET_BYTES) : null;
  const capsule = {
    publicKey: r.bytes(KEM_PUBLIC_BYTES),
    place: r.bytes(CAPSULE_PLACE_BYTES),
    writeKey: r.bytes(CAPSULE_WRITE_KEY_BYTES),
  };
  const introduction = r.bytes(r.u32());
  const state = r.bytes(r.u32());
  if (version !== VERSION) return err({ type: "GrantVersionUnknown", version });
  if (!r.finished() || flags > HAS_RECOVERY) return err({ type: "GrantMalformed" });
  return ok({ toSign, issued, recoverySecret, capsule, introduction, state });
}

/** Is all of it about this device and the account that said hello? Then claims the account. */
function verifyGrant(
  content: DecodedGrant,
  from: HelloBytes<MemberHello>,
  device: DeviceKeys,
): Result<Grant, GrantError> {
  const forged = err({ type: "GrantForged" } as const);
  const introduction = openIntroduction(content.introduction);
  if (!introduction.ok) {
    return introduction.error.type === "IntroductionForged"
      ? forged
      : err({ type: "GrantMalformed" });
  }
  const { accountKey, devices } = introduction.value;
  const { recoverySecret, capsule, state } = content;
  if (!equalBytes(accountKey, from.accountKey) || !isOfAccount(recoverySecret, accountKey)) {
    return forged;
  }
  if (!devices.some((it) => equalBytes(it.certificate.device, from.device))) return forged;
  const claimed = signAsDevice(device, content.toSign);
  const bytes = encodeCertificate(content.toSign, content.issued, claimed);
  const certificate = decodeCertificate(bytes);
  if (!certificate.ok) return forged;
  const facts = [...introduction.value.facts, certificateFactOf(bytes)];
  const isLive = liveDevicesOf(accountKey, facts).some((it) => equalBytes(it.bytes, bytes));
  const isOwn = equalBytes(certificate.value.device, deviceIdOf(device.sigKey, device.dhKey));
  if (!isLive || !isOwn) return forged;
  const rest = { introduction: introduction.value, recoverySecret, capsule, state };
  return ok({ certificate: certificate.value, facts, ...rest });
}

function isOfAccount(recoverySecret: Uint8Array | null, accountKey: Uint8Array): boolean {
  if (recoverySecret === null) return true;
  const { publicKey, secretKey } = accountKeysOf(recoverySecret);
  wipe(secretKey);
  return equalBytes(publicKey, accountKey);
}

const grantKeyOf = (
  sharedSecret: Uint8Array,
  code: LinkCode,
  transcript: Uint8Array,
  head: Uint8Array,
): Uint8Array => kdf32(sharedSecret, "link/grant", code.secret, transcript, head);
