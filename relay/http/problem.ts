/** How the relay says no over HTTP: RFC 9457 problem details, words and status of sync/wire/http.ts. */
import type { Context } from "hono";

import { type Problem, PROBLEM_STATUS } from "../../sync/wire/http.ts";
import type { StoreError } from "../store/store.ts";
import { SECURITY_HEADERS } from "./security-headers.ts";

export function problem(c: Context, it: Problem): Response {
  c.header("content-type", "application/problem+json");
  c.header("cache-control", "no-store");
  if (it.retryAfterMs !== undefined) {
    c.header("retry-after", String(Math.ceil(it.retryAfterMs / 1_000)));
  }
  return c.body(JSON.stringify(it), PROBLEM_STATUS[it.type]);
}

export const storeProblem = (c: Context, { cause }: StoreError): Response =>
  problem(c, { type: cause === "full" ? "StorageFull" : "StorageFailed", retryAfterMs: 5_000 });

/** For a request that never came to Hono. */
export const problemResponse = (it: Problem): Response =>
  Response.json(it, {
    status: PROBLEM_STATUS[it.type],
    headers: {
      ...SECURITY_HEADERS,
      "content-type": "application/problem+json",
      "cache-control": "no-store",
      connection: "close",
    },
  });
