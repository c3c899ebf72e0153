/** A relay's no, as it says it over HTTP (RFC 9457). docs/protocol/sync-session.md, rules [RH1] to [RH8]. */
import { POW_CHALLENGE_BYTES } from "../../crypto/public/relay-ids.ts";
import type { HttpAnswer } from "../transport/transport.ts";
import { PROBLEM_STATUS, type ProblemType } from "../wire/http.ts";
import { JsonFields } from "./json-fields.ts";
import type { RelayError } from "./relay-http.ts";

/** The longest pause that a relay can ask for. */
const RETRY_AFTER_MS_MAX = 3_600_000;
const PROBLEMS = Object.keys(PROBLEM_STATUS) as readonly ProblemType[];

/** Whatever the body says, or fails to say. */
export function refusalOf({ status, body }: HttpAnswer): RelayError {
  const fields = JsonFields.parse(body);
  const problem = fields.oneOf("type", PROBLEMS);
  const pauseMs = fields.has("retryAfterMs") ? fields.whole("retryAfterMs") : 0;
  const work = JsonFields.parse(body);
  const challenge = work.bytes("challenge", POW_CHALLENGE_BYTES);
  const bits = work.whole("bits");
  return {
    type: "Refused",
    status,
    problem,
    retryAfterMs: Math.min(RETRY_AFTER_MS_MAX, pauseMs),
    work: work.isFine ? { challenge, bits } : null,
  };
}
