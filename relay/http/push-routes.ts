/** How a device is woken: said and taken back by the owner of its mailbox. */
import { Hono } from "hono";
import * as v from "valibot";

import { PATHS } from "../../sync/wire/http.ts";
import {
  PUSH_AUTH_BYTES,
  PUSH_ENDPOINT_BYTES_MAX,
  PUSH_KEY_BYTES,
  PUSH_PRIVATE_KEY_BYTES,
} from "../../sync/wire/limits.ts";
import { encodeSubscription, isUsable } from "../push/subscription.ts";
import type { Relay } from "../relay.ts";
import { answerOp, ownerAlone, ownerRequest } from "./owner-request.ts";
import { problem } from "./problem.ts";
import { exactBytes } from "./request-body.ts";

const PutPush = v.strictObject({
  endpoint: v.pipe(v.string(), v.maxLength(PUSH_ENDPOINT_BYTES_MAX)),
  p256dh: exactBytes(PUSH_KEY_BYTES),
  auth: exactBytes(PUSH_AUTH_BYTES),
  vapidPublicKey: exactBytes(PUSH_KEY_BYTES),
  vapidPrivateKey: exactBytes(PUSH_PRIVATE_KEY_BYTES),
});

export const pushRoutes = (relay: Relay): Hono =>
  new Hono()
    .put(PATHS.push, async (c) => {
      const request = await ownerRequest(relay, c, PutPush);
      if (!request.ok) return problem(c, request.error);
      const { mailbox, input } = request.value;
      if (!isUsable(input)) return problem(c, { type: "BodyMalformed" });
      if (!relay.waker.mayReach(input.endpoint)) return problem(c, { type: "EndpointRefused" });
      const subscription = encodeSubscription(input);
      const answer = await answerOp(relay, c, { type: "putPush", mailbox, subscription });
      if (answer.ok) void relay.waker.subscribed(mailbox);
      return answer;
    })
    .delete(PATHS.push, async (c) => {
      const owner = await ownerAlone(relay, c);
      if (!owner.ok) return problem(c, owner.error);
      return answerOp(relay, c, { type: "deletePush", mailbox: owner.value, only: null });
    });
