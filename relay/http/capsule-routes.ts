/**
 * Recovery capsules: sealed bytes at a place that only an account's devices know, and who has its 24
 * words. Any mailbox of this relay may begin one; from then on a capsule is replaced by whoever shows
 * the same put key and has a higher counter. Unknown and expired answer alike.
 */
import { type Context, Hono } from "hono";
import * as v from "valibot";

import { fromBase64url, toBase64url } from "../../crypto/base/base64url.ts";
import { err, ok, type Result } from "../../crypto/base/result.ts";
import { capsulePutHashOf } from "../../crypto/public/relay-ids.ts";
import { type Capsule, PATHS, type Problem } from "../../sync/wire/http.ts";
import { type CapsulePlace, idOf, parseCapsulePlace } from "../../sync/wire/ids.ts";
import { CAPSULE_BYTES_MAX, CAPSULE_JSON_BYTES_MAX } from "../../sync/wire/limits.ts";
import { RateLimiter } from "../admission/rate.ts";
import { latin1 } from "../latin1.ts";
import { CAPSULE_PUTS_BURST, CAPSULE_PUTS_PER_SECOND } from "../limits.ts";
import type { Relay } from "../relay.ts";
import { answerOp, ownerRequest } from "./owner-request.ts";
import { problem, storeProblem } from "./problem.ts";
import { bytesUpTo, idField, timeField } from "./request-body.ts";

const PutCapsule = v.strictObject({
  capsule: bytesUpTo(CAPSULE_BYTES_MAX),
  counter: timeField,
  putKey: idField("CapsulePutKey"),
});

export function capsuleRoutes(relay: Relay): Hono {
  // By mailbox, once its owner has signed: nobody uses up what another may do.
  const puts = new RateLimiter<string>({
    perSecond: CAPSULE_PUTS_PER_SECOND,
    burst: CAPSULE_PUTS_BURST,
  });
  return new Hono()
    .put(PATHS.capsule(":place"), async (c) => {
      const request = await ownerRequest(relay, c, PutCapsule, CAPSULE_JSON_BYTES_MAX);
      if (!request.ok) return problem(c, request.error);
      const place = placeOf(c);
      if (!place.ok) return problem(c, place.error);
      const { mailbox, input } = request.value;
      const retryAfterMs = puts.take(latin1(mailbox), 1, relay.now());
      if (retryAfterMs > 0) return problem(c, { type: "TooManyRequests", retryAfterMs });
      const { capsule, counter, putKey } = input;
      const putHash = idOf("CapsulePutHash", capsulePutHashOf(putKey));
      return answerOp(relay, c, {
        type: "putCapsule",
        mailbox,
        place: place.value,
        putHash,
        counter,
        capsule,
      });
    })
    .get(PATHS.capsule(":place"), async (c) => {
      const place = placeOf(c);
      if (!place.ok) return problem(c, place.error);
      const held = await relay.store.capsule(place.value, relay.now());
      if (!held.ok) return storeProblem(c, held.error);
      if (held.value === null) return problem(c, { type: "NotFound" });
      c.header("cache-control", "no-store");
      const { capsule, counter, expiresAtMs } = held.value;
      const answer: Capsule = { capsule: toBase64url(capsule), counter, expiresAtMs };
      return c.json(answer);
    });
}

/** No place looks like an unknown one. */
function placeOf(c: Context): Result<CapsulePlace, Problem> {
  const bytes = fromBase64url(c.req.param("place") ?? "");
  const place = bytes.ok ? parseCapsulePlace(bytes.value) : bytes;
  return place.ok ? ok(place.value) : err({ type: "NotFound" });
}
