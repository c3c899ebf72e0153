/**
 * First contact between two devices in one flight: PQXDH (Kret and Schmidt, Signal 2023) with
 * X-Wing as its KEM and without one-time prekeys. A holds B's prekey bundle and starts; B may be
 * offline.
 *
 *     (ct, ss) = encapsulate(XPK_B)     EK, rat = fresh X25519 and X-Wing key pairs of A
 *     DH1 = X25519(ID_dh_A, SPK_B)   DH2 = X25519(EK, ID_dh_B)   DH3 = X25519(EK, SPK_B)
 *     th  = H("hs/th", suite, A, B, EK, SPK_B, XPK_B, ct, rat)       A, B: account, device, keys
 *     prk = H("hs/extract", DH1, DH2, DH3, ss, psk or 32 zeros)
 *     rk, ck, nhk = Root(prk, th)        hk0 = K32(prk, "hk0", th)
 *
 * The handshake is epoch 0 of the ratchet. A puts the prefix before every message until B answers:
 *
 * | offset | bytes | field    | rule                                                           |
 * | -----: | ----: | -------- | -------------------------------------------------------------- |
 * |      0 |    16 | prekeyId | the envelope's id                                              |
 * |     16 |  1120 | ct       | X-Wing ciphertext                                              |
 * |   1136 |    24 | nonce    | random                                                         |
 * |   1160 |  1518 | box      | under K32(ss, "hs/hdr"), context H("hs/ad", device B, XPK_B, ct) |
 *
 * | offset in box | bytes | field       |                                                    |
 * | ------------: | ----: | ----------- | -------------------------------------------------- |
 * |             0 |   250 | certificate | of A: the relay does not see who writes            |
 * |           250 |    32 | EK          |                                                    |
 * |           282 |  1216 | rat         |                                                    |
 * |          1498 |     4 | spkId       | u32, of the bundle that was used                   |
 *
 * Rules [HS1] to [HS10] of docs/protocol/crypto.md.
 */
import { assert } from "../base/assert.ts";
import { concat, equalBytes, readU32le, u32le, wipe } from "../base/bytes.ts";
import type { Random } from "../base/random.ts";
import { err, ok, type Result } from "../base/result.ts";
import { dh, DH_KEY_BYTES, makeDhKeyPair } from "../dh.ts";
import { MESSAGE_ID_BYTES, SUITE_BYTE } from "../envelope.ts";
import {
  CERTIFICATE_BYTES,
  decodeCertificate,
  type DeviceCertificate,
  isClaimed,
} from "../identity/certificate.ts";
import type { DeviceKeys } from "../identity/device.ts";
import { KEY_BYTES, kdf32 } from "../kdf.ts";
import {
  decapsulate,
  encapsulate,
  isKemPublicKey,
  KEM_CIPHERTEXT_BYTES,
  KEM_PUBLIC_BYTES,
  makeKemKeyPair,
} from "../kem.ts";
import { hash32 } from "../public/hash.ts";
import { rootStep } from "../ratchet/keys.ts";
import { decryptSession, type Opened, type SessionError } from "../ratchet/receive.ts";
import { initiatorSession, responderSession, type Session } from "../ratchet/session.ts";
import {
  AEAD_TAG_BYTES,
  NONCE_BYTES,
  OPEN_FAILED,
  type OpenFailed,
  xchachaDecrypt,
  xchachaEncrypt,
} from "../xchacha.ts";
import type { PrekeyBundle, PrekeySecrets } from "./prekeys.ts";

export const PSK_BYTES = 32;
const CT_AT = MESSAGE_ID_BYTES;
const NONCE_AT = CT_AT + KEM_CIPHERTEXT_BYTES;
const BOX_AT = NONCE_AT + NONCE_BYTES;
const EK_AT = CERTIFICATE_BYTES;
const RAT_AT = EK_AT + DH_KEY_BYTES;
const SPK_ID_AT = RAT_AT + KEM_PUBLIC_BYTES;
const HEADER_BYTES = SPK_ID_AT + 4;
export const PREFIX_BYTES = BOX_AT + HEADER_BYTES + AEAD_TAG_BYTES;

/** This device as a party. */
export type Self = { readonly keys: DeviceKeys; readonly certificate: DeviceCertificate };

/** The bundle holds a key that must not be used: `verifyPrekeyBundle` would not have passed it. */
export type HandshakeError = { readonly type: "PrekeyInvalid" };

/** `psk`: 32 bytes of an invite, or null. Wrong on one side: nothing opens. */
export function initiate(
  self: Self,
  bundle: PrekeyBundle,
  psk: Uint8Array | null,
  nowMs: number,
  random: Random,
): Result<Session, HandshakeError> {
  const kem = encapsulate(bundle.xpk, random);
  if (!kem.ok) return err({ type: "PrekeyInvalid" });
  const { ciphertext, sharedSecret } = kem.value;
  const ephemeral = makeDhKeyPair(random);
  const ratchet = makeKemKeyPair(random);
  const shared = [
    dh(self.keys.dhSecret, bundle.spk),
    dh(ephemeral.secretKey, bundle.certificate.dhKey),
    dh(ephemeral.secretKey, bundle.spk),
  ].flatMap((it) => (it.ok ? [it.value] : []));
  try {
    if (shared.length !== 3) return err({ type: "PrekeyInvalid" });
    const header = concat(
      self.certificate.bytes,
      ephemeral.publicKey,
      ratchet.publicKey,
      u32le(bundle.spkId),
    );
    const nonce = random(NONCE_BYTES);
    const context = prefixContext(bundle.certificate.device, bundle.xpk, ciphertext);
    const box = sealHeader(sharedSecret, nonce, context, header);
    const prefix = concat(bundle.id, ciphertext, nonce, box);
    assert(prefix.length === PREFIX_BYTES, "prefix layout");
    const th = transcriptOf(self.certificate, bundle.certificate, {
      ephemeral: ephemeral.publicKey,
      spk: bundle.spk,
      xpk: bundle.xpk,
      ciphertext,
      ratchet: ratchet.publicKey,
    });
    const secrets = secretsOf(shared, sharedSecret, psk, th);
    const ad = associatedDataOf(self.certificate, bundle.certificate);
    return ok(initiatorSession({ ...secrets, th, ad, ratchet, prefix, nowMs }));
  } finally {
    wipe(sharedSecret, ephemeral.secretKey, ...shared);
  }
}

/** A first flight, taken apart: views into the message. `mark` is H("hs/ct", ct), 32 bytes. */
export type FirstFlight = {
  readonly prekeyId: Uint8Array;
  readonly prefix: Uint8Array;
  /** Remember it while the prekey lives: a prefix whose mark is known opens no second session. */
  readonly mark: Uint8Array;
  /** What goes to `decryptSession` when the session exists already. */
  readonly message: Uint8Array;
};

export function splitFirstFlight(message: Uint8Array): Result<FirstFlight, OpenFailed> {
  if (message.length <= PREFIX_BYTES + MESSAGE_ID_BYTES) return err(OPEN_FAILED);
  return ok({
    prekeyId: message.subarray(0, MESSAGE_ID_BYTES),
    prefix: message.subarray(0, PREFIX_BYTES),
    mark: hash32("hs/ct", message.subarray(CT_AT, NONCE_AT)),
    message: message.subarray(PREFIX_BYTES),
  });
}

/**
 * The session and its first message, or nothing. The certificate in `peer` carries its device's own
 * signature, and the handshake proved its keys; that its account wants that device is for the
 * caller to find out (`liveDevicesOf`) before it believes a byte of the payload.
 */
export type Accepted = Opened & { readonly peer: DeviceCertificate };

export const accept = (
  self: Self,
  prekeys: PrekeySecrets,
  psk: Uint8Array | null,
  flight: FirstFlight,
  nowMs: number,
): Result<Accepted, SessionError> => acceptAny(self, prekeys, [psk], flight, nowMs);

/**
 * The same with whichever of `psks` opens it, tried in their order; `at` says which. What the asymmetric keys agree on
 * is worked out once, so that a further one costs hashes.
 */
export function acceptAny(
  self: Self,
  prekeys: PrekeySecrets,
  psks: readonly (Uint8Array | null)[],
  flight: FirstFlight,
  nowMs: number,
): Result<Accepted & { readonly at: number }, SessionError> {
  if (!equalBytes(flight.prekeyId, prekeys.id)) return err(OPEN_FAILED);
  const ciphertext = flight.prefix.subarray(CT_AT, NONCE_AT);
  const kem = decapsulate(ciphertext, prekeys.xpkSecret);
  if (!kem.ok) return err(OPEN_FAILED);
  const sharedSecret = kem.value;
  const context = prefixContext(self.certificate.device, prekeys.xpk, ciphertext);
  const header = openHeader(sharedSecret, flight.prefix, context);
  const peer = header.ok ? decodeCertificate(header.value.subarray(0, EK_AT)) : header;
  let shared: readonly Uint8Array[] = [];
  try {
    if (!header.ok || !peer.ok) return err(OPEN_FAILED);
    const ephemeral = header.value.slice(EK_AT, RAT_AT);
    const ratchet = header.value.slice(RAT_AT, SPK_ID_AT);
    if (readU32le(header.value, SPK_ID_AT) !== prekeys.spkId) return err(OPEN_FAILED);
    if (!isClaimed(peer.value) || !isKemPublicKey(ratchet)) return err(OPEN_FAILED);
    shared = [
      dh(prekeys.spkSecret, peer.value.dhKey),
      dh(self.keys.dhSecret, ephemeral),
      dh(prekeys.spkSecret, ephemeral),
    ].flatMap((it) => (it.ok ? [it.value] : []));
    if (shared.length !== 3) return err(OPEN_FAILED);
    const th = transcriptOf(peer.value, self.certificate, {
      ephemeral,
      spk: prekeys.spk,
      xpk: prekeys.xpk,
      ciphertext,
      ratchet,
    });
    const ad = associatedDataOf(peer.value, self.certificate);
    for (const [at, psk] of psks.entries()) {
      const secrets = secretsOf(shared, sharedSecret, psk, th);
      const session = responderSession({ ...secrets, th, ad, ratchet, nowMs });
      const opened = decryptSession(session, flight.message);
      if (opened.ok) return ok({ ...opened.value, peer: peer.value, at });
      // Under this key its header opened.
      if (opened.error.type !== "OpenFailed") return opened;
    }
    return err(OPEN_FAILED);
  } finally {
    wipe(sharedSecret, ...shared);
  }
}

type Transcript = {
  readonly ephemeral: Uint8Array;
  readonly spk: Uint8Array;
  readonly xpk: Uint8Array;
  readonly ciphertext: Uint8Array;
  readonly ratchet: Uint8Array;
};

const transcriptOf = (a: DeviceCertificate, b: DeviceCertificate, t: Transcript): Uint8Array =>
  hash32(
    "hs/th",
    SUITE_BYTE,
    ...partyOf(a),
    ...partyOf(b),
    t.ephemeral,
    t.spk,
    t.xpk,
    t.ciphertext,
    t.ratchet,
  );

/** Bound into every message of the session. Keys, never certificates: those may be issued again. */
const associatedDataOf = (a: DeviceCertificate, b: DeviceCertificate): Uint8Array =>
  hash32("ad", ...partyOf(a), ...partyOf(b));

const partyOf = (it: DeviceCertificate): readonly Uint8Array[] => [
  it.account,
  it.device,
  it.sigKey,
  it.dhKey,
];

type HandshakeSecrets = {
  readonly rootKey: Uint8Array;
  readonly chainKey: Uint8Array;
  readonly headerKey: Uint8Array;
  readonly nextHeaderKey: Uint8Array;
};

function secretsOf(
  shared: readonly Uint8Array[],
  sharedSecret: Uint8Array,
  psk: Uint8Array | null,
  th: Uint8Array,
): HandshakeSecrets {
  assert(shared.length === 3, "three agreements");
  assert(psk === null || psk.length === PSK_BYTES, "pre-shared key length");
  const prk = hash32("hs/extract", ...shared, sharedSecret, psk ?? new Uint8Array(PSK_BYTES));
  assert(prk.length === KEY_BYTES, "the extract is a key");
  try {
    return { ...rootStep(prk, th), headerKey: kdf32(prk, "hk0", th) };
  } finally {
    wipe(prk);
  }
}

const prefixContext = (device: Uint8Array, xpk: Uint8Array, ciphertext: Uint8Array): Uint8Array =>
  hash32("hs/ad", device, xpk, ciphertext);

function sealHeader(
  sharedSecret: Uint8Array,
  nonce: Uint8Array,
  context: Uint8Array,
  header: Uint8Array,
): Uint8Array {
  const key = kdf32(sharedSecret, "hs/hdr");
  try {
    return xchachaEncrypt(key, nonce, context, header);
  } finally {
    wipe(key);
  }
}

function openHeader(
  sharedSecret: Uint8Array,
  prefix: Uint8Array,
  context: Uint8Array,
): Result<Uint8Array, OpenFailed> {
  const key = kdf32(sharedSecret, "hs/hdr");
  try {
    const nonce = prefix.subarray(NONCE_AT, BOX_AT);
    return xchachaDecrypt(key, nonce, context, prefix.subarray(BOX_AT));
  } finally {
    wipe(key);
  }
}
