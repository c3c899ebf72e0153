/**
 * Sends a wake-up to the push service of a browser (RFC 8030): one POST over TLS, to addresses that
 * endpoint.ts allows, without redirects, and whatever is answered is bounded in time and bytes.
 *
 * Every wake-up is the same: it says that something waits, not what, from whom or for whom.
 */
import type { LookupAddress } from "node:dns";
import type { ClientRequest, IncomingMessage } from "node:http";
import { Agent, request } from "node:https";
import type { LookupFunction } from "node:net";

import { utf8 } from "../../crypto/base/bytes.ts";
import {
  PUSH_ANSWER_BYTES_MAX,
  PUSH_CLAIM_LEFT_MS,
  PUSH_CLAIM_MS,
  PUSH_CLAIMS_MAX,
  PUSH_REQUEST_MS_MAX,
  PUSH_RETRY_MS_MAX,
  PUSH_TTL_MS,
  PUSHES_AT_ONCE,
} from "../limits.ts";
import type { Now } from "../ports.ts";
import { endpointOf, isPublicAddress, type PushHosts } from "./endpoint.ts";
import { sealPush, vapidHeader } from "./message.ts";
import type { PushSubscription } from "./subscription.ts";

/**
 * `taken`: the push service has it. `gone`: there is no such subscription any more. `tooLarge`: it wants
 * less content. `later`: it is busy or away; `afterMs` is what it asked for, 0 = nothing. `refused`: it
 * does not want this, or we may not go there.
 */
export type PushAnswer =
  | { readonly type: "taken" | "gone" | "tooLarge" | "refused" }
  | { readonly type: "later"; readonly afterMs: number };

export type PushService = {
  readonly mayReach: (endpoint: string) => boolean;
  /** `isBare`: without content. */
  readonly send: (to: PushSubscription, isBare: boolean) => Promise<PushAnswer>;
};

export type PushServiceOptions = {
  readonly hosts: PushHosts;
  /** Where push services find who runs this relay: an https: or mailto: URL. */
  readonly subject: string;
  readonly now: Now;
  /** All addresses of a name. */
  readonly resolve: Resolve;
};

export type Resolve = (
  hostname: string,
  done: (error: Error | null, addresses: readonly LookupAddress[]) => void,
) => void;

/** The whole content of every push. */
const CONTENT = utf8("wake");
/** The newer wake-up replaces one that still waits at the push service. */
const TOPIC = "wake";
/** Connections to one host that are kept for the next push. */
const FREE_SOCKETS_MAX = 8;

export function openPushService(options: PushServiceOptions): PushService {
  const { hosts, subject, now, resolve } = options;
  const claims = new Map<string, { readonly header: string; readonly expiresAtMs: number }>();
  const claimFor = (to: PushSubscription, audience: string): string => {
    const key = `${audience} ${Buffer.from(to.vapidPrivateKey).toString("base64url")}`;
    const known = claims.get(key);
    const leftMs = (known?.expiresAtMs ?? 0) - now();
    if (known !== undefined && leftMs > PUSH_CLAIM_LEFT_MS && leftMs <= PUSH_CLAIM_MS) {
      return known.header;
    }
    const expiresAtMs = now() + PUSH_CLAIM_MS;
    const header = vapidHeader(to, { audience, subject, expiresAtMs });
    if (claims.size >= PUSH_CLAIMS_MAX) claims.clear();
    claims.set(key, { header, expiresAtMs });
    return header;
  };
  const agentOf = (isPlain: boolean): Agent =>
    new Agent({
      keepAlive: true,
      maxSockets: PUSHES_AT_ONCE,
      maxFreeSockets: FREE_SOCKETS_MAX,
      ...(isPlain ? {} : { lookup: publicLookup(resolve) }),
    });
  const [agent, plainAgent] = [agentOf(false), agentOf(true)];

  return {
    mayReach: (endpoint) => endpointOf(endpoint, hosts) !== null,
    send: async (to, isBare) => {
      const endpoint = endpointOf(to.endpoint, hosts);
      if (endpoint === null) return { type: "refused" };
      const { url, isPlain } = endpoint;
      const body = isBare ? Buffer.alloc(0) : sealPush(CONTENT, to);
      const asked = request(url, {
        method: "POST",
        agent: isPlain ? plainAgent : agent,
        signal: AbortSignal.timeout(PUSH_REQUEST_MS_MAX),
        headers: {
          authorization: claimFor(to, url.origin),
          "content-length": body.length,
          ...(isBare ? {} : { "content-encoding": "aes128gcm" }),
          "content-type": "application/octet-stream",
          ttl: PUSH_TTL_MS / 1_000,
          topic: TOPIC,
          urgency: "high",
        },
      });
      if (!isPlain) refusePrivate(asked);
      asked.end(body);
      return await answerOf(asked);
    },
  };
}

class NotPublic extends Error {
  override readonly message = "not a public address";
}

/** One address that is not public refuses the name: it is no push service's. */
const publicLookup =
  (resolve: Resolve): LookupFunction =>
  (hostname, { all }, callback) => {
    resolve(hostname, (error, addresses) => {
      const [first] = addresses;
      const isPublic = addresses.every(({ address }) => isPublicAddress(address));
      if (error !== null) callback(error, "");
      else if (first === undefined || !isPublic) callback(new NotPublic(), "");
      else if (all === true) callback(null, [...addresses]);
      else callback(null, first.address, first.family);
    });
  };

/** The look-up may have been told something else than what the connection came to. */
export function refusePrivate(asked: ClientRequest): void {
  asked.on("socket", (socket) => {
    const check = (): void => {
      if (!isPublicAddress(socket.remoteAddress ?? "")) asked.destroy(new NotPublic());
    };
    if (socket.connecting) socket.once("connect", check);
    else check();
  });
}

function answerOf(asked: ClientRequest): Promise<PushAnswer> {
  return new Promise((resolve) => {
    asked.on("response", (response) => {
      resolve(meaningOf(response));
      drop(response);
    });
    // After an answer it is the drained rest that broke off: nobody waits any more.
    asked.on("error", (error) => {
      resolve(error instanceof NotPublic ? { type: "refused" } : { type: "later", afterMs: 0 });
    });
  });
}

function meaningOf({ statusCode = 0, headers }: IncomingMessage): PushAnswer {
  if (statusCode >= 200 && statusCode <= 299) return { type: "taken" };
  if (statusCode === 404 || statusCode === 410) return { type: "gone" };
  if (statusCode === 413) return { type: "tooLarge" };
  if (statusCode !== 429 && statusCode < 500) return { type: "refused" };
  const seconds = Number(headers["retry-after"] ?? 0);
  const afterMs = Number.isFinite(seconds) && seconds > 0 ? seconds * 1_000 : 0;
  return { type: "later", afterMs: Math.min(afterMs, PUSH_RETRY_MS_MAX) };
}

/** Reads the rest so that the connection can be used again; gives up on one that sends much. */
function drop(response: IncomingMessage): void {
  let bytes = 0;
  response.on("error", () => undefined);
  response.on("data", (part: Buffer) => {
    bytes += part.length;
    if (bytes > PUSH_ANSWER_BYTES_MAX) response.destroy();
  });
}
