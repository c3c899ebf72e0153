/** Creating and deleting mailboxes, and the tokens that let others write to them. */
import { type Context, Hono } from "hono";
import * as v from "valibot";

import { unreachable } from "../../crypto/base/assert.ts";
import { fromBase64url, toBase64url } from "../../crypto/base/base64url.ts";
import { equalBytes } from "../../crypto/base/bytes.ts";
import { ok, type Result } from "../../crypto/base/result.ts";
import {
  capsulePutHashOf,
  mailboxIdOf,
  POW_CHALLENGE_BYTES,
  POW_NONCE_BYTES,
  tokenHashOf,
} from "../../crypto/public/relay-ids.ts";
import { type MailboxCreated, PATHS, type Problem } from "../../sync/wire/http.ts";
import { ID_BYTES, idOf } from "../../sync/wire/ids.ts";
import { TOKEN_LIFE_MS_MAX, TOKENS_PER_REQUEST_MAX } from "../../sync/wire/limits.ts";
import type { Admission } from "../admission/registration.ts";
import { OVERLOADED_RETRY_MS } from "../limits.ts";
import type { Relay } from "../relay.ts";
import type { StoreError } from "../store/store.ts";
import { answerOp, ownerAlone, ownerRequest } from "./owner-request.ts";
import { isSignedByKey } from "./owner.ts";
import { problem, storeProblem } from "./problem.ts";
import { exactBytes, idField, parseJson, readBody, timeField } from "./request-body.ts";

const CreateMailbox = v.strictObject({
  publicKey: idField("MailboxKey"),
  voucher: v.optional(idField("Voucher")),
  inviteToken: v.optional(exactBytes(ID_BYTES.Token)),
  capsule: v.optional(
    v.strictObject({ place: idField("CapsulePlace"), putKey: idField("CapsulePutKey") }),
  ),
  pow: v.optional(
    v.strictObject({
      challenge: exactBytes(POW_CHALLENGE_BYTES),
      nonce: exactBytes(POW_NONCE_BYTES),
    }),
  ),
});

const PutTokens = v.strictObject({
  tokens: v.pipe(
    v.array(
      v.strictObject({
        hash: idField("TokenHash"),
        class: v.picklist(["contact", "group", "invite"]),
        label: idField("Label"),
        push: v.boolean(),
        expiresAtMs: timeField,
      }),
    ),
    v.minLength(1),
    v.maxLength(TOKENS_PER_REQUEST_MAX),
  ),
});

const DeleteTokens = v.strictObject({
  hashes: v.pipe(
    v.array(idField("TokenHash")),
    v.minLength(1),
    v.maxLength(TOKENS_PER_REQUEST_MAX),
  ),
});

export type ClientAddress = (c: Context) => string;

export const mailboxRoutes = (relay: Relay, addressOf: ClientAddress): Hono =>
  new Hono()
    .post(PATHS.mailboxes, (c) => createMailbox(relay, c, addressOf(c)))
    .delete(PATHS.mailbox(":id"), (c) => deleteMailbox(relay, c))
    .put(PATHS.tokens, async (c) => {
      const request = await ownerRequest(relay, c, PutTokens);
      if (!request.ok) return problem(c, request.error);
      const { mailbox, input } = request.value;
      const latestMs = relay.now() + TOKEN_LIFE_MS_MAX;
      if (input.tokens.some(({ expiresAtMs }) => expiresAtMs > latestMs)) {
        return problem(c, { type: "BodyMalformed" });
      }
      return answerOp(relay, c, { type: "putTokens", mailbox, tokens: input.tokens });
    })
    .delete(PATHS.tokens, async (c) => {
      const request = await ownerRequest(relay, c, DeleteTokens);
      if (!request.ok) return problem(c, request.error);
      const { mailbox, input } = request.value;
      return answerOp(relay, c, { type: "deleteTokens", mailbox, hashes: input.hashes });
    });

async function createMailbox(relay: Relay, c: Context, address: string): Promise<Response> {
  const body = await readBody(c);
  if (!body.ok) return problem(c, body.error);
  const input = parseJson(c, CreateMailbox, body.value);
  if (!input.ok) return problem(c, input.error);
  const { publicKey: key, voucher = null, inviteToken = null, pow = null } = input.value;
  const mailbox = idOf("MailboxId", mailboxIdOf(key, relay.relayId));
  if (!isSignedByKey(relay, c, { body: body.value, key, mailbox })) {
    return problem(c, { type: "SignatureInvalid" });
  }
  const created: MailboxCreated = { mailbox: toBase64url(mailbox) };
  const known = await relay.store.mailbox(mailbox);
  if (!known.ok) return storeProblem(c, known.error);
  if (known.value !== null) return c.json(created, 200);

  const leftBy = await whoLeft(relay, input.value.capsule);
  if (!leftBy.ok) return storeProblem(c, leftBy.error);
  const applicant = { key, voucher, inviteToken, leftBy: leftBy.value, pow, address };
  const admission = relay.registrar.decide(applicant);
  relay.counters.add(`registration.${admission.type}`);
  if (admission.type !== "admitted") return problem(c, refusalOf(admission));
  const voucherHash =
    admission.byVoucher && voucher !== null ? idOf("TokenHash", tokenHashOf(voucher)) : null;
  const done = await relay.commits.execute({ type: "createMailbox", mailbox, key, voucherHash });
  if (!done.ok) return storeProblem(c, done.error);
  if (done.value === "full") return problem(c, { type: "StorageFull" });
  if (done.value === "voucherRefused") return problem(c, { type: "RegistrationClosed" });
  return c.json(created, done.value === "created" ? 201 : 200);
}

type ShownCapsule = v.InferOutput<typeof CreateMailbox>["capsule"];

/** The number of the mailbox. Null: none was shown, none lies there, or the key is another one. */
async function whoLeft(
  relay: Relay,
  shown: ShownCapsule,
): Promise<Result<number | null, StoreError>> {
  if (shown === undefined) return ok(null);
  const held = await relay.store.capsule(shown.place, relay.now());
  if (!held.ok) return held;
  if (held.value === null) return ok(null);
  const { mailboxNo, putHash } = held.value;
  return ok(equalBytes(capsulePutHashOf(shown.putKey), putHash) ? mailboxNo : null);
}

function refusalOf(admission: Exclude<Admission, { readonly type: "admitted" }>): Problem {
  switch (admission.type) {
    case "ProofOfWorkNeeded": {
      const challenge = toBase64url(admission.challenge);
      return { type: "ProofOfWorkNeeded", challenge, bits: admission.bits };
    }
    case "Overloaded":
      return { type: "Overloaded", retryAfterMs: OVERLOADED_RETRY_MS };
    case "RegistrationClosed":
      return { type: "RegistrationClosed" };
    default:
      return unreachable(admission);
  }
}

async function deleteMailbox(relay: Relay, c: Context): Promise<Response> {
  const owner = await ownerAlone(relay, c);
  if (!owner.ok) return problem(c, owner.error);
  const named = fromBase64url(c.req.param("id") ?? "");
  const isOwn = named.ok && Buffer.compare(named.value, owner.value) === 0;
  if (!isOwn) return problem(c, { type: "SignatureInvalid" });
  const deleted = await answerOp(relay, c, { type: "deleteMailbox", mailbox: owner.value });
  if (deleted.ok) relay.mailboxDeleted(owner.value);
  return deleted;
}
