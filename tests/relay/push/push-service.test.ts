/** The real client against a push service on this machine, over TLS with a certificate made here. */
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { request } from "node:https";
import { isIP } from "node:net";
import { getCACertificates, setDefaultCACertificates } from "node:tls";

import { beforeAll, expect, test } from "vitest";

import { ready } from "../../../crypto/base/sodium.ts";
import { PUSH_CLAIM_MS } from "../../../relay/limits.ts";
import { parsePushHosts } from "../../../relay/push/endpoint.ts";
import {
  openPushService,
  type PushService,
  refusePrivate,
} from "../../../relay/push/push-service.ts";
import { pushKeys } from "./push-keys.ts";
import { CERTIFICATE_PATH, startPushMock } from "./push-mock.ts";

beforeAll(() => ready);
beforeAll(() => {
  const own = readFileSync(CERTIFICATE_PATH, "utf8");
  setDefaultCACertificates([...getCACertificates("default"), own]);
});

const keys = pushKeys();
/** web-push signs no claim that ends more than a day from the machine's own clock. */
const clock = { nowMs: Math.floor(Date.now() / 1_000) * 1_000 - PUSH_CLAIM_MS };
/** `addresses`: what every name is said to stand for. */
function serviceFor(setting: string, addresses: readonly string[] = []): PushService {
  const hosts = parsePushHosts(setting);
  if (!hosts.ok) throw new Error(hosts.error.entry);
  return openPushService({
    hosts: hosts.value,
    subject: "https://chat.example.org",
    now: () => clock.nowMs,
    resolve: (_, done) =>
      done(
        null,
        addresses.map((address) => ({ address, family: isIP(address) })),
      ),
  });
}
const claimOf = (header: string | undefined): { aud: string; exp: number; sub: string } =>
  JSON.parse(Buffer.from(header?.split(".")[1] ?? "", "base64url").toString());

test("[PE6] every push says the same, sealed for its browser, in the device's name", async () => {
  await using mock = await startPushMock();
  const service = serviceFor(mock.origin);
  const to = { endpoint: `${mock.origin}/wpush/1`, ...keys };
  expect(await service.send(to, false)).toEqual({ type: "taken" });
  expect(await service.send(to, true)).toEqual({ type: "taken" });
  const [full, bare] = mock.received;
  expect(keys.open(full!.body)).toBe("wake");
  expect(full).toMatchObject({
    method: "POST",
    path: "/wpush/1",
    headers: { "content-encoding": "aes128gcm", urgency: "high", topic: "wake", ttl: "2419200" },
  });
  expect(bare!.body).toHaveLength(0);
  expect(bare!.headers["content-encoding"]).toBeUndefined();
  expect(claimOf(full!.headers.authorization)).toEqual({
    aud: mock.origin,
    sub: "https://chat.example.org",
    exp: (clock.nowMs + PUSH_CLAIM_MS) / 1_000,
  });
});

test("[PE7] a claim is signed once for a while, and anew before it ends", async () => {
  await using mock = await startPushMock();
  const service = serviceFor(mock.origin);
  const to = { endpoint: `${mock.origin}/wpush/1`, ...keys };
  const claims: (string | undefined)[] = [];
  for (const passedMs of [0, PUSH_CLAIM_MS / 2, PUSH_CLAIM_MS / 2]) {
    clock.nowMs += passedMs;
    await service.send(to, true);
    claims.push(mock.received.at(-1)?.headers.authorization);
  }
  expect(claims[0]).toBe(claims[1]);
  expect(claims[2]).not.toBe(claims[0]);
  expect(claimOf(claims[2]).exp * 1_000).toBe(clock.nowMs + PUSH_CLAIM_MS);
});

test.each([
  [200, {}, { type: "taken" }],
  [404, {}, { type: "gone" }],
  [410, {}, { type: "gone" }],
  [413, {}, { type: "tooLarge" }],
  [400, {}, { type: "refused" }],
  [307, { location: "https://localhost/elsewhere" }, { type: "refused" }],
  [429, { "retry-after": "120" }, { type: "later", afterMs: 120_000 }],
  [503, { "retry-after": "Wed, 21 Oct 2026 07:28:00 GMT" }, { type: "later", afterMs: 0 }],
  [500, { "retry-after": "99999999" }, { type: "later", afterMs: 18_000_000 }],
])("[PE8] %i is understood, and no redirect is followed", async (status, headers, expected) => {
  await using mock = await startPushMock();
  mock.answer = { status, headers, body: "x".repeat(1_000_000) };
  const service = serviceFor(mock.origin);
  expect(await service.send({ endpoint: `${mock.origin}/1`, ...keys }, false)).toEqual(expected);
  expect(mock.received).toHaveLength(1);
});

test.each([["127.0.0.1"], ["93.184.216.34", "10.0.0.1"], ["::1"]])(
  "[PE9] a name that stands for %s is not connected to",
  async (...addresses) => {
    const service = serviceFor("any-public", addresses);
    const to = { endpoint: "https://push.example.org/1", ...keys };
    expect(await service.send(to, false)).toEqual({ type: "refused" });
  },
);

test("[PE9] a connection that came to an address of one's own network is cut", async () => {
  await using mock = await startPushMock();
  const asked = request(`${mock.origin}/1`, { method: "POST" });
  refusePrivate(asked);
  asked.end("anything");
  const [error] = (await once(asked, "error")) as [Error];
  expect(error.message).toBe("not a public address");
  expect(mock.received).toEqual([]);
});

test("[PE9] an endpoint that is not allowed any more is not asked", async () => {
  await using mock = await startPushMock();
  const to = { endpoint: `${mock.origin}/1`, ...keys };
  expect(await serviceFor("").send(to, false)).toEqual({ type: "refused" });
  expect(mock.received).toEqual([]);
});

test("[PE8] a service that is away is asked later", async () => {
  const mock = await startPushMock();
  await mock[Symbol.asyncDispose]();
  const service = serviceFor(mock.origin);
  expect(await service.send({ endpoint: `${mock.origin}/1`, ...keys }, false)).toEqual({
    type: "later",
    afterMs: 0,
  });
});
