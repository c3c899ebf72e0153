/**
 * The only caller of the browser's push service: subscribes this browser under a VAPID key pair that is
 * made here, since a browser binds a subscription to one such key.
 *
 * [APU1] Every call settles: some browsers have a `subscribe` that never does. [APU2] A subscription
 * under an older key gives way. [APU3] It is taken away without permission too; where
 * that fails nobody is stopped.
 */
import { toBase64url } from "../../crypto/base/base64url.ts";
import { err, ok, type Result } from "../../crypto/base/result.ts";
import type { PutPush } from "../../sync/wire/http.ts";
import type { OpenChat } from "../service-worker/messages.ts";

export type PushError =
  /** The person, or the browser for them, said no. */
  { readonly type: "PushDenied" } | { readonly type: "PushUnavailable" };

const SUBSCRIBE_MS_MAX = 20_000;
const CURVE = { name: "ECDSA", namedCurve: "P-256" } as const;

export const canPush = (): boolean =>
  "serviceWorker" in navigator && "PushManager" in globalThis && "Notification" in globalThis;

export const isPushDenied = (): boolean => Notification.permission === "denied";
export const isPushAllowed = (): boolean => canPush() && Notification.permission === "granted";

/** Asks the person where nobody did. Called when they click: browsers want that. */
export async function subscribe(): Promise<Result<PutPush, PushError>> {
  if (!canPush()) return err({ type: "PushUnavailable" });
  const permission = await Notification.requestPermission();
  if (permission !== "granted") return err({ type: "PushDenied" });
  return (await inTime(subscribeAnew())) ?? err({ type: "PushUnavailable" });
}

/** The endpoint of this browser's subscription; null: it has none, or not any more. */
export async function subscribedAt(): Promise<string | null> {
  if (!isPushAllowed()) return null;
  const found = await inTime(currentSubscription());
  return found?.endpoint ?? null;
}

export async function unsubscribe(): Promise<void> {
  if (!canPush()) return;
  await inTime(currentSubscription().then((it) => it?.unsubscribe()));
}

/** Nothing where there is no service worker, or it fails. */
export async function withRegistration(
  work: (registration: ServiceWorkerRegistration) => Promise<unknown>,
): Promise<void> {
  if (!isPushAllowed()) return;
  await inTime(navigator.serviceWorker.ready.then(work));
}

/** Calls back when a notification was clicked that leads to a chat, until the answer is called. */
export function followNotifications(open: (c: number) => void): () => void {
  if (!("serviceWorker" in navigator)) return () => undefined;
  const hear = ({ data }: MessageEvent<Partial<OpenChat> | null>): void => {
    if (data?.type === "openChat" && typeof data.c === "number") open(data.c);
  };
  navigator.serviceWorker.addEventListener("message", hear);
  return () => navigator.serviceWorker.removeEventListener("message", hear);
}

async function subscribeAnew(): Promise<Result<PutPush, PushError>> {
  const { pushManager } = await navigator.serviceWorker.ready;
  await (await pushManager.getSubscription())?.unsubscribe();
  const keys = await crypto.subtle.generateKey(CURVE, true, ["sign", "verify"]);
  const [point, { d }] = await Promise.all([
    crypto.subtle.exportKey("raw", keys.publicKey),
    crypto.subtle.exportKey("jwk", keys.privateKey),
  ]);
  const made = await pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: point });
  const [p256dh, auth] = [made.getKey("p256dh"), made.getKey("auth")];
  if (p256dh === null || auth === null || d === undefined) return err({ type: "PushUnavailable" });
  return ok({
    endpoint: made.endpoint,
    p256dh: toBase64url(new Uint8Array(p256dh)),
    auth: toBase64url(new Uint8Array(auth)),
    vapidPublicKey: toBase64url(new Uint8Array(point)),
    vapidPrivateKey: d,
  });
}

async function currentSubscription(): Promise<PushSubscription | null> {
  const { pushManager } = await navigator.serviceWorker.ready;
  return await pushManager.getSubscription();
}

/** Undefined: it failed, or took too long. */
async function inTime<Value>(work: Promise<Value>): Promise<Value | undefined> {
  const { promise: late, resolve } = Promise.withResolvers<undefined>();
  const timer = setTimeout(() => resolve(undefined), SUBSCRIBE_MS_MAX);
  try {
    return await Promise.race([work, late]);
  } catch {
    return undefined;
  } finally {
    clearTimeout(timer);
  }
}
