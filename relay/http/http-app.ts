/**
 * The relay's HTTP side as one Hono app: API, status, and the built app for everything else. Any web
 * origin may use the API, because nothing here goes by cookies: rights are signatures and tokens.
 */
import { type Context, Hono, type MiddlewareHandler } from "hono";

import { PATHS, UPLOAD_OFFSET_HEADER } from "../../sync/wire/http.ts";
import { RateLimiter } from "../admission/rate.ts";
import type { BlobDepot } from "../blobs/blob-depot.ts";
import { type AddressOf, LOOPBACK } from "../client-address.ts";
import { HTTP_REQUESTS_BURST, HTTP_REQUESTS_PER_SECOND } from "../limits.ts";
import type { Relay } from "../relay.ts";
import type { AppFiles } from "./app-files.ts";
import { blobRoutes } from "./blob-routes.ts";
import { capsuleRoutes } from "./capsule-routes.ts";
import { inviteRoutes } from "./invite-routes.ts";
import { mailboxRoutes } from "./mailbox-routes.ts";
import { prekeyRoutes } from "./prekey-routes.ts";
import { problem } from "./problem.ts";
import { pushRoutes } from "./push-routes.ts";
import { securityHeaders } from "./security-headers.ts";
import { statusRoutes } from "./status-routes.ts";

export type HttpAppOptions = {
  readonly relay: Relay;
  /** Null: no app is served, as in the simulator. */
  readonly files: AppFiles | null;
  /** Absent: this relay keeps no blobs. */
  readonly blobs?: BlobDepot;
  readonly addressOf: AddressOf;
};

/** What @hono/node-server passes along; nothing when the app is called without a socket. */
type NodeBindings = {
  readonly incoming?: { readonly socket: { readonly remoteAddress?: string | undefined } };
};

export function httpApp({ relay, files, blobs, addressOf }: HttpAppOptions): Hono {
  const clientOf = (c: Context): string => {
    const remote = (c.env as NodeBindings | undefined)?.incoming?.socket.remoteAddress;
    return addressOf(remote, c.req.header("x-forwarded-for"));
  };
  return new Hono()
    .use("*", securityHeaders)
    .use("*", counted(relay))
    .use("/v1/*", anyOrigin)
    .use(PATHS.discovery, anyOrigin)
    .use("/v1/*", limited(relay, clientOf))
    .route("/", statusRoutes(relay))
    .route("/", mailboxRoutes(relay, clientOf))
    .route("/", prekeyRoutes(relay))
    .route("/", pushRoutes(relay))
    .route("/", inviteRoutes(relay))
    .route("/", capsuleRoutes(relay))
    .route("/", blobs === undefined ? new Hono() : blobRoutes(relay, blobs, clientOf))
    .get("*", (c) => (files === null ? problem(c, { type: "NotFound" }) : files.serve(c)))
    .all("*", (c) => problem(c, { type: "MethodNotAllowed" }))
    .onError((_, c) => {
      // What happened is for the operator to count, not for strangers to read.
      relay.counters.add("bugs");
      return problem(c, { type: "StorageFailed" });
    });
}

const counted =
  (relay: Relay): MiddlewareHandler =>
  async (c, next) => {
    await next();
    relay.counters.add(`http.${Math.floor(c.res.status / 100)}xx`);
  };

const anyOrigin: MiddlewareHandler = async (c, next) => {
  c.header("access-control-allow-origin", "*");
  if (c.req.method !== "OPTIONS") {
    c.header("access-control-expose-headers", "retry-after");
    await next();
    return undefined;
  }
  c.header("access-control-allow-methods", "GET, POST, PUT, PATCH, DELETE");
  c.header("access-control-allow-headers", `authorization, content-type, ${UPLOAD_OFFSET_HEADER}`);
  c.header("access-control-max-age", "86400");
  return c.body(null, 204);
};

function limited(relay: Relay, clientOf: (c: Context) => string): MiddlewareHandler {
  const requests = new RateLimiter<string>({
    perSecond: HTTP_REQUESTS_PER_SECOND,
    burst: HTTP_REQUESTS_BURST,
  });
  return async (c, next) => {
    const address = clientOf(c);
    const retryAfterMs = address === LOOPBACK ? 0 : requests.take(address, 1, relay.now());
    if (retryAfterMs > 0) return problem(c, { type: "TooManyRequests", retryAfterMs });
    await next();
    return undefined;
  };
}
