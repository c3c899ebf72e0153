/**
 * Node's HTTP server in front of the Hono app. It bounds what the app cannot see: how large a request's
 * head is, how long head and body may take, and what the parser refuses (RFC 9112 §6.3: a length and
 * chunks both; a host that makes no URL). All of that is answered with a problem, like everything else.
 */
import { createServer, type Server, type ServerResponse } from "node:http";
import type { Duplex } from "node:stream";

import { getRequestListener } from "@hono/node-server";
import type { Hono } from "hono";

import type { Problem } from "../../sync/wire/http.ts";
import {
  HTTP_HEADERS_BYTES_MAX,
  HTTP_HEADERS_MS_MAX,
  HTTP_IDLE_MS_MAX,
  HTTP_REQUEST_MS_MAX,
} from "../limits.ts";
import type { Relay } from "../relay.ts";
import { problemResponse } from "./problem.ts";
import { refuse } from "./raw-problem.ts";

export type Patience = {
  /** For the first byte to the end of the headers. */
  readonly headersMs: number;
  /** For all of a request. */
  readonly requestMs: number;
  /** While nothing moves: a download that nobody reads. */
  readonly idleMs: number;
};

const PATIENCE: Patience = {
  headersMs: HTTP_HEADERS_MS_MAX,
  requestMs: HTTP_REQUEST_MS_MAX,
  idleMs: HTTP_IDLE_MS_MAX,
};

export function openHttpServer(
  app: Hono,
  relay: Relay,
  { headersMs, requestMs, idleMs }: Patience = PATIENCE,
): Server {
  const count = ({ type }: Problem): void => relay.counters.add(`request.${type}`);
  const listener = getRequestListener(app.fetch, {
    // Responses are built by Hono; Node's own globals stay as they are.
    overrideGlobalObjects: false,
    // The app answers its own faults: what comes here has no host or path that makes a URL.
    errorHandler: () => {
      count(MALFORMED);
      return problemResponse(MALFORMED);
    },
  });
  const newest = new WeakMap<Duplex, ServerResponse>();
  const server = createServer(
    {
      maxHeaderSize: HTTP_HEADERS_BYTES_MAX,
      headersTimeout: headersMs,
      requestTimeout: requestMs,
      connectionsCheckingInterval: headersMs / 2,
      requireHostHeader: false,
    },
    (request, response) => {
      newest.set(request.socket, response);
      void listener(request, response);
    },
  );
  server.setTimeout(idleMs);
  server.on("clientError", (fault: Error, socket: Duplex) => {
    const it = problemOf(fault);
    count(it);
    const before = newest.get(socket);
    // Requests that came whole before this one are answered first; one that broke off is this one.
    const isUnderWay = before !== undefined && before.req.complete && !before.writableFinished;
    if (isUnderWay) before.once("close", () => refuse(socket, it));
    else refuse(socket, it);
  });
  return server;
}

const MALFORMED: Problem = { type: "RequestMalformed" };

function problemOf(fault: Error): Problem {
  switch ("code" in fault ? fault.code : "") {
    case "HPE_HEADER_OVERFLOW":
      return { type: "HeadersTooLarge" };
    case "ERR_HTTP_REQUEST_TIMEOUT":
      return { type: "RequestTooSlow" };
    default:
      return MALFORMED;
  }
}
