/**
 * The bytes of a Web Push message: its content sealed for the browser (RFC 8291, in the coding of RFC
 * 8188), and the claim that it comes from whom the browser subscribed to (VAPID, RFC 8292). The relay
 * seals nothing of anybody's here: the content is the same for all, and says nothing.
 */
import { createCipheriv, createECDH, createPrivateKey, hkdfSync, sign } from "node:crypto";

import { toBase64url } from "../../crypto/base/base64url.ts";
import { CURVE, type PushSubscription } from "./subscription.ts";

/** RFC 8188: how long a record may be. Ours is one, and far shorter. */
const RECORD_BYTES = 4_096;
/** RFC 8188: nothing follows this record. */
const LAST_RECORD = 2;
const SALT_BYTES = 16;
const KEY_BYTES = 16;
const NONCE_BYTES = 12;

/** `salt` (16 bytes) and `secret` (a P-256 scalar, 32 bytes) are fresh for each message. */
export function sealPush(
  content: Uint8Array,
  to: Pick<PushSubscription, "p256dh" | "auth">,
  fresh: { readonly salt: Uint8Array; readonly secret: Uint8Array },
): Buffer {
  const ecdh = createECDH(CURVE);
  ecdh.setPrivateKey(fresh.secret);
  const own = ecdh.getPublicKey();
  const shared = ecdh.computeSecret(to.p256dh);
  // RFC 8291 section 3.3 and 3.4, RFC 8188 section 2.2 and 2.3.
  const info = Buffer.concat([Buffer.from("WebPush: info\0"), to.p256dh, own]);
  const secret = hkdf(shared, to.auth, info, 32);
  const key = hkdf(secret, fresh.salt, "Content-Encoding: aes128gcm\0", KEY_BYTES);
  const nonce = hkdf(secret, fresh.salt, "Content-Encoding: nonce\0", NONCE_BYTES);
  const cipher = createCipheriv("aes-128-gcm", key, nonce);
  const sealed = [
    cipher.update(content),
    cipher.update(Uint8Array.of(LAST_RECORD)),
    cipher.final(),
    cipher.getAuthTag(),
  ];
  const header = Buffer.alloc(SALT_BYTES + 5);
  header.set(fresh.salt);
  header.writeUInt32BE(RECORD_BYTES, SALT_BYTES);
  header.writeUInt8(own.length, SALT_BYTES + 4);
  return Buffer.concat([header, own, ...sealed]);
}

const hkdf = (
  key: Uint8Array,
  salt: Uint8Array,
  info: Uint8Array | string,
  length: number,
): Buffer => Buffer.from(hkdfSync("sha256", key, salt, info, length));

/** The `authorization` of requests to `audience` (an origin). `subject` is an https: or mailto: URL. */
export function vapidHeader(
  keys: Pick<PushSubscription, "vapidPublicKey" | "vapidPrivateKey">,
  claim: { readonly audience: string; readonly subject: string; readonly expiresAtMs: number },
): string {
  const { audience: aud, subject: sub } = claim;
  const exp = Math.floor(claim.expiresAtMs / 1_000);
  const said = [
    { typ: "JWT", alg: "ES256" },
    { aud, exp, sub },
  ]
    .map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"))
    .join(".");
  const point = Buffer.from(keys.vapidPublicKey);
  const jwk = {
    kty: "EC",
    crv: "P-256",
    x: point.subarray(1, 33).toString("base64url"),
    y: point.subarray(33).toString("base64url"),
    d: toBase64url(keys.vapidPrivateKey),
  };
  const key = createPrivateKey({ key: jwk, format: "jwk" });
  const signature = sign("sha256", Buffer.from(said), { key, dsaEncoding: "ieee-p1363" });
  const token = `${said}.${signature.toString("base64url")}`;
  return `vapid t=${token}, k=${toBase64url(keys.vapidPublicKey)}`;
}
