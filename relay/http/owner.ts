/**
 * Who asks: requests about a mailbox are signed with its key, over method, path, date and body. The date
 * may be five minutes off; within that time a captured request can be sent again and does the same thing
 * again, so all of them are idempotent. An unknown mailbox looks like a wrong signature, and takes as long.
 */
import type { Context } from "hono";

import { fromBase64url } from "../../crypto/base/base64url.ts";
import { err, ok, type Result } from "../../crypto/base/result.ts";
import { relayHttpParts } from "../../crypto/public/relay-ids.ts";
import { verifyLabelled } from "../../crypto/public/verify.ts";
import { AUTHORIZATION_SCHEME, type Problem } from "../../sync/wire/http.ts";
import { type MailboxId, parseMailboxId } from "../../sync/wire/ids.ts";
import { SIGNED_REQUEST_SKEW_MS } from "../../sync/wire/limits.ts";
import type { Relay } from "../relay.ts";

type Claim = {
  readonly mailbox: MailboxId;
  readonly dateMs: number;
  readonly signature: Uint8Array;
};

const HEADER = new RegExp(
  `^${AUTHORIZATION_SCHEME} ([\\w-]{22})\\.(\\d{1,16})\\.([\\w-]{86})$`,
  "u",
);
const invalid = err({ type: "SignatureInvalid" } as const);

/** The mailbox whose owner signed this request with the key that the store has. */
export async function ownerOf(
  relay: Relay,
  c: Context,
  body: Uint8Array,
): Promise<Result<MailboxId, Problem>> {
  const claim = claimOf(c);
  if (claim === undefined) return invalid;
  const view = await relay.store.mailbox(claim.mailbox);
  if (!view.ok) return err({ type: "StorageFailed", retryAfterMs: 5_000 });
  const isSigned = isSignedBy(relay, c, { claim, body, key: view.value?.key ?? relay.relayId });
  return isSigned && view.value !== null ? ok(claim.mailbox) : invalid;
}

/** For a mailbox that is not there yet: the key comes with the request. */
export function isSignedByKey(
  relay: Relay,
  c: Context,
  by: { readonly body: Uint8Array; readonly key: Uint8Array; readonly mailbox: MailboxId },
): boolean {
  const claim = claimOf(c);
  if (claim === undefined || Buffer.compare(claim.mailbox, by.mailbox) !== 0) return false;
  return isSignedBy(relay, c, { claim, body: by.body, key: by.key });
}

function isSignedBy(
  relay: Relay,
  c: Context,
  it: { readonly claim: Claim; readonly body: Uint8Array; readonly key: Uint8Array },
): boolean {
  const { dateMs, signature } = it.claim;
  const { pathname, search } = new URL(c.req.url);
  const parts = relayHttpParts({
    relayId: relay.relayId,
    method: c.req.method,
    path: pathname + search,
    dateMs,
    body: it.body,
  });
  const isSigned = verifyLabelled(it.key, signature, "relay/http", ...parts);
  return isSigned && Math.abs(relay.now() - dateMs) <= SIGNED_REQUEST_SKEW_MS;
}

function claimOf(c: Context): Claim | undefined {
  const [, mailboxText = "", dateText = "", signatureText = ""] =
    HEADER.exec(c.req.header("authorization") ?? "") ?? [];
  const bytes = fromBase64url(mailboxText);
  const signature = fromBase64url(signatureText);
  const mailbox = bytes.ok ? parseMailboxId(bytes.value) : bytes;
  const dateMs = Number(dateText);
  // One spelling of a date only: the signature is over its digits.
  if (!mailbox.ok || !signature.ok || String(dateMs) !== dateText) return undefined;
  if (!Number.isSafeInteger(dateMs)) return undefined;
  return { mailbox: mailbox.value, dateMs, signature: signature.value };
}
