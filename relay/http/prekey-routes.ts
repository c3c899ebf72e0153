/**
 * Prekey bundles: opaque to the relay, given to whoever holds a token of the mailbox, and never refused to
 * them, so that nobody can be kept from a first message by asking often. Nothing is used up.
 */
import { Hono } from "hono";
import * as v from "valibot";

import { toBase64url } from "../../crypto/base/base64url.ts";
import { tokenHashOf } from "../../crypto/public/relay-ids.ts";
import { PATHS, type Prekeys } from "../../sync/wire/http.ts";
import { idOf } from "../../sync/wire/ids.ts";
import { PREKEY_BUNDLE_BYTES_MAX } from "../../sync/wire/limits.ts";
import type { Relay } from "../relay.ts";
import { answerOp, ownerRequest } from "./owner-request.ts";
import { problem, storeProblem } from "./problem.ts";
import { bytesUpTo, idField, parseJson, readBody } from "./request-body.ts";

const PutPrekeys = v.strictObject({ bundle: bytesUpTo(PREKEY_BUNDLE_BYTES_MAX) });
const FetchPrekeys = v.strictObject({ mailbox: idField("MailboxId"), token: idField("Token") });

export const prekeyRoutes = (relay: Relay): Hono =>
  new Hono()
    .put(PATHS.prekeys, async (c) => {
      const request = await ownerRequest(relay, c, PutPrekeys);
      if (!request.ok) return problem(c, request.error);
      const { mailbox, input } = request.value;
      return answerOp(relay, c, { type: "putPrekeys", mailbox, bundle: input.bundle });
    })
    .post(PATHS.prekeys, async (c) => {
      const body = await readBody(c);
      if (!body.ok) return problem(c, body.error);
      const input = parseJson(c, FetchPrekeys, body.value);
      if (!input.ok) return problem(c, input.error);
      const { mailbox, token } = input.value;
      const hash = idOf("TokenHash", tokenHashOf(token));
      const bundle = await relay.store.prekeys(mailbox, hash, relay.now());
      if (!bundle.ok) return storeProblem(c, bundle.error);
      if (bundle.value === null) return problem(c, { type: "NotFound" });
      c.header("cache-control", "no-store");
      const answer: Prekeys = { bundle: toBase64url(bundle.value) };
      return c.json(answer);
    });
