/**
 * The bytes of a Web Push message, by the package web-push: its content sealed for the browser (RFC 8291,
 * in the coding of RFC 8188), and the claim that it comes from whom the browser subscribed to (VAPID, RFC
 * 8292). The relay seals nothing of anybody's here: the content is the same for all, and says nothing.
 */
import webPush from "web-push";

import { toBase64url } from "../../crypto/base/base64url.ts";
import type { PushSubscription } from "./subscription.ts";

const CODING = "aes128gcm";

/** Each time other bytes. The keys are those of a subscription that `isUsable`. */
export const sealPush = (
  content: Uint8Array,
  { p256dh, auth }: Pick<PushSubscription, "p256dh" | "auth">,
): Buffer =>
  webPush.encrypt(toBase64url(p256dh), toBase64url(auth), Buffer.from(content), CODING).cipherText;

/**
 * The `authorization` of requests to `audience` (an origin). `subject` is an https: or mailto: URL. The
 * claim ends less than a day from now by this machine's clock.
 */
export function vapidHeader(
  { vapidPublicKey, vapidPrivateKey }: Pick<PushSubscription, "vapidPublicKey" | "vapidPrivateKey">,
  claim: { readonly audience: string; readonly subject: string; readonly expiresAtMs: number },
): string {
  const { Authorization } = webPush.getVapidHeaders(
    claim.audience,
    claim.subject,
    toBase64url(vapidPublicKey),
    toBase64url(vapidPrivateKey),
    CODING,
    Math.floor(claim.expiresAtMs / 1_000),
  );
  return Authorization;
}
