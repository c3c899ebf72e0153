/**
 * How one device is woken: what its browser was given by a push service, and the VAPID key pair that the
 * device made for it. Kept by the store as it is written here; whoever reads it back wrote it.
 */
import { createECDH } from "node:crypto";

import { assert } from "../../crypto/base/assert.ts";
import { fromBase64url, toBase64url } from "../../crypto/base/base64url.ts";
import { fromUtf8, utf8 } from "../../crypto/base/bytes.ts";

const CURVE = "prime256v1";

export type PushSubscription = {
  readonly endpoint: string;
  /** P-256 points, uncompressed, 65 bytes. */
  readonly p256dh: Uint8Array;
  readonly vapidPublicKey: Uint8Array;
  /** 16 bytes. */
  readonly auth: Uint8Array;
  /** 32 bytes. Secret of the device, which gave it to us. */
  readonly vapidPrivateKey: Uint8Array;
};

/** Whether both points are on the curve and the pair is one: else no push could ever be made. */
export function isUsable({
  p256dh,
  vapidPublicKey,
  vapidPrivateKey,
}: Omit<PushSubscription, "endpoint">): boolean {
  const ecdh = createECDH(CURVE);
  try {
    ecdh.setPrivateKey(vapidPrivateKey);
    // Throws for a point that is not on the curve.
    ecdh.computeSecret(p256dh);
    return ecdh.getPublicKey().equals(vapidPublicKey);
  } catch {
    return false;
  }
}

const FIELDS = ["p256dh", "vapidPublicKey", "auth", "vapidPrivateKey"] as const;

/** The same subscription always comes to the same bytes. */
export const encodeSubscription = (it: PushSubscription): Uint8Array =>
  utf8(JSON.stringify([it.endpoint, ...FIELDS.map((name) => toBase64url(it[name]))]));

/** Of what `encodeSubscription` made. */
export function decodeSubscription(bytes: Uint8Array): PushSubscription {
  const text = fromUtf8(bytes);
  assert(text.ok, "a subscription is text");
  const [endpoint = "", ...keys] = JSON.parse(text.value) as readonly string[];
  const [p256dh, vapidPublicKey, auth, vapidPrivateKey] = keys.map(bytesOf);
  assert(
    p256dh !== undefined &&
      vapidPublicKey !== undefined &&
      auth !== undefined &&
      vapidPrivateKey !== undefined,
    "a subscription has all its keys",
  );
  return { endpoint, p256dh, vapidPublicKey, auth, vapidPrivateKey };
}

function bytesOf(text: string): Uint8Array {
  const bytes = fromBase64url(text);
  assert(bytes.ok, "a key of a subscription");
  return bytes.value;
}
