/** What all owner-signed requests share: body, signature, JSON on the way in; the store's word on the way out. */
import type { Context } from "hono";
import type * as v from "valibot";

import { ok, type Result } from "../../crypto/base/result.ts";
import type { Problem } from "../../sync/wire/http.ts";
import type { MailboxId } from "../../sync/wire/ids.ts";
import type { Relay } from "../relay.ts";
import type { OpOf, StoreAnswer, StoreOpType } from "../store/store.ts";
import { ownerOf } from "./owner.ts";
import { problem, storeProblem } from "./problem.ts";
import { parseJson, readBody } from "./request-body.ts";

/** A signed request whose body says nothing. */
export async function ownerAlone(relay: Relay, c: Context): Promise<Result<MailboxId, Problem>> {
  const body = await readBody(c);
  return body.ok ? ownerOf(relay, c, body.value) : body;
}

/** A signed request with JSON; the signature is checked before the JSON is looked at. */
export async function ownerRequest<Shape extends v.GenericSchema>(
  relay: Relay,
  c: Context,
  shape: Shape,
  bytesMax?: number,
): Promise<Result<{ readonly mailbox: MailboxId; readonly input: v.InferOutput<Shape> }, Problem>> {
  const body = await readBody(c, bytesMax);
  if (!body.ok) return body;
  const owner = await ownerOf(relay, c, body.value);
  if (!owner.ok) return owner;
  const input = parseJson(c, shape, body.value);
  return input.ok ? ok({ mailbox: owner.value, input: input.value }) : input;
}

/** 204 once the operation is durable, or why not. */
export async function answerOp<Type extends StoreOpType>(
  relay: Relay,
  c: Context,
  op: OpOf<Type>,
): Promise<Response> {
  const done = await relay.commits.execute<Type>(op);
  if (!done.ok) return storeProblem(c, done.error);
  const refused = REFUSALS.get(done.value);
  return refused === undefined ? c.body(null, 204) : problem(c, refused);
}

const REFUSALS: ReadonlyMap<StoreAnswer, Problem> = new Map<StoreAnswer, Problem>([
  ["full", { type: "StorageFull" }],
  ["tooMany", { type: "TooMany" }],
  ["taken", { type: "TagTaken" }],
  ["old", { type: "CounterOld" }],
  ["ahead", { type: "BodyMalformed" }],
  // Deleted between the signature and the commit.
  ["unknown", { type: "SignatureInvalid" }],
]);
