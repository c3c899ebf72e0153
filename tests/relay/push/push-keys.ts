/** What a browser and a device bring to a push subscription: fresh keys of the kinds that they make. */
import { createDecipheriv, createECDH, hkdfSync, randomBytes } from "node:crypto";

import type { PushSubscription } from "../../../relay/push/subscription.ts";
import type { PutPush } from "../../../sync/wire/http.ts";

export type PushKeys = Omit<PushSubscription, "endpoint"> & {
  /** The browser's side: what it makes of the body of a push, by RFC 8291. */
  readonly open: (body: Buffer) => string;
};

export function pushKeys(): PushKeys {
  const [browser, device] = [createECDH("prime256v1"), createECDH("prime256v1")];
  const p256dh = browser.generateKeys();
  const vapidPublicKey = device.generateKeys();
  const auth = randomBytes(16);
  const open = (body: Buffer): string => {
    const [salt, own] = [body.subarray(0, 16), body.subarray(21, 21 + body.readUInt8(20))];
    const sealed = body.subarray(21 + own.length);
    const info = Buffer.concat([Buffer.from("WebPush: info\0"), p256dh, own]);
    const secret = Buffer.from(hkdfSync("sha256", browser.computeSecret(own), auth, info, 32));
    const part = (name: string, length: number): Buffer =>
      Buffer.from(hkdfSync("sha256", secret, salt, `Content-Encoding: ${name}\0`, length));
    const decipher = createDecipheriv("aes-128-gcm", part("aes128gcm", 16), part("nonce", 12));
    decipher.setAuthTag(sealed.subarray(-16));
    const opened = Buffer.concat([decipher.update(sealed.subarray(0, -16)), decipher.final()]);
    return opened.subarray(0, opened.lastIndexOf(2)).toString();
  };
  return { p256dh, auth, vapidPublicKey, vapidPrivateKey: device.getPrivateKey(), open };
}

/** As a device says it to its relay. */
export function putPushOf(endpoint: string, keys: PushKeys): PutPush {
  const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64url");
  return {
    endpoint,
    p256dh: text(keys.p256dh),
    auth: text(keys.auth),
    vapidPublicKey: text(keys.vapidPublicKey),
    vapidPrivateKey: text(keys.vapidPrivateKey),
  };
}
