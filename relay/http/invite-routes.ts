/**
 * Invite rendezvous: a sealed record at a tag that only the holders of the link can compute, so a stranger
 * can begin while the inviter is away. Unknown and expired answer alike.
 */
import { type Context, Hono } from "hono";
import * as v from "valibot";

import { fromBase64url, toBase64url } from "../../crypto/base/base64url.ts";
import { err, ok, type Result } from "../../crypto/base/result.ts";
import { type Invite, PATHS, type Problem } from "../../sync/wire/http.ts";
import { type InviteTag, parseInviteTag } from "../../sync/wire/ids.ts";
import { INVITE_LIFE_MS_MAX, INVITE_RECORD_BYTES_MAX } from "../../sync/wire/limits.ts";
import type { Relay } from "../relay.ts";
import { answerOp, ownerAlone, ownerRequest } from "./owner-request.ts";
import { problem, storeProblem } from "./problem.ts";
import { bytesUpTo, idField, timeField } from "./request-body.ts";

const PutInvite = v.strictObject({
  record: bytesUpTo(INVITE_RECORD_BYTES_MAX),
  expiresAtMs: timeField,
  voucherHash: idField("TokenHash"),
});

export const inviteRoutes = (relay: Relay): Hono =>
  new Hono()
    .put(PATHS.invite(":tag"), async (c) => {
      const request = await ownerRequest(relay, c, PutInvite);
      if (!request.ok) return problem(c, request.error);
      const tag = tagOf(c);
      if (!tag.ok) return problem(c, tag.error);
      const { mailbox, input } = request.value;
      const leftMs = input.expiresAtMs - relay.now();
      if (leftMs <= 0 || leftMs > INVITE_LIFE_MS_MAX) return problem(c, { type: "BodyMalformed" });
      return answerOp(relay, c, { type: "putInvite", mailbox, tag: tag.value, ...input });
    })
    .get(PATHS.invite(":tag"), async (c) => {
      const tag = tagOf(c);
      if (!tag.ok) return problem(c, tag.error);
      const invite = await relay.store.invite(tag.value, relay.now());
      if (!invite.ok) return storeProblem(c, invite.error);
      if (invite.value === null) return problem(c, { type: "NotFound" });
      c.header("cache-control", "no-store");
      const { record, expiresAtMs } = invite.value;
      const answer: Invite = { record: toBase64url(record), expiresAtMs };
      return c.json(answer);
    })
    .delete(PATHS.invite(":tag"), async (c) => {
      const owner = await ownerAlone(relay, c);
      if (!owner.ok) return problem(c, owner.error);
      const tag = tagOf(c);
      if (!tag.ok) return problem(c, tag.error);
      return answerOp(relay, c, { type: "deleteInvite", mailbox: owner.value, tag: tag.value });
    });

/** No tag looks like an unknown one. */
function tagOf(c: Context): Result<InviteTag, Problem> {
  const bytes = fromBase64url(c.req.param("tag") ?? "");
  const tag = bytes.ok ? parseInviteTag(bytes.value) : bytes;
  return tag.ok ? ok(tag.value) : err({ type: "NotFound" });
}
