/** Is a scanned safety code that of the contact who showed it? */
import type { Chat } from "../../db/chats.ts";
import type { RemoteDevice } from "../../engine/remote-device.ts";
import { readSafetyLink } from "../../platform/safety-link.ts";
import { texts } from "../../text/speech.ts";
import { safetyFailureText } from "./safety-failure-text.ts";

/** `account`: whose code it is; `why`: in words. */
export type CheckedCode =
  | { readonly type: "agrees"; readonly account: string }
  | { readonly type: "failed"; readonly why: string };

/** `text`: what a camera read, or the link that opened the app. `expected`: who should have shown it. */
export async function checkCode(
  device: RemoteDevice,
  text: string,
  expected: Pick<Chat, "account" | "name"> | null,
): Promise<CheckedCode> {
  const { safety: words } = texts().recovery;
  const shown = readSafetyLink(text);
  if (shown === null) return { type: "failed", why: words.codeMalformed };
  const agrees = await device.call("safety", "matches", shown.account, shown.code);
  if (!agrees.ok) return { type: "failed", why: safetyFailureText(agrees.error) };
  if (!agrees.value) return { type: "failed", why: words.noMatch };
  if (expected !== null && shown.account !== expected.account) {
    return { type: "failed", why: words.otherContact(expected.name) };
  }
  return { type: "agrees", account: shown.account };
}
