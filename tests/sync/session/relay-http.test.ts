import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { fromBase64url, toBase64url } from "../../../crypto/base/base64url.ts";
import { utf8 } from "../../../crypto/base/bytes.ts";
import { ready } from "../../../crypto/base/sodium.ts";
import { powOf, relayHttpParts } from "../../../crypto/public/relay-ids.ts";
import { verifyLabelled } from "../../../crypto/public/verify.ts";
import {
  openRelayHttp,
  type RelayHttp,
  type TokenGrant,
} from "../../../sync/session/relay-http.ts";
import { openMemoryTransport } from "../../../sync/transport/memory-transport.ts";
import type { CreateMailbox, PutTokens } from "../../../sync/wire/http.ts";
import { TOKEN_LIFE_MS_MAX } from "../../../sync/wire/limits.ts";
import { HeldTimers } from "../transport/held-timers.ts";
import { bytesOf, idOf, ownerOf, PlayedRelay, RELAY_ID, URL_HERE } from "./played-relay.ts";

await ready;

const owner = ownerOf(4);
const MAILBOX = toBase64url(owner.mailbox);
const MALFORMED = { ok: false, error: { type: "Malformed" } };
const tag = idOf("InviteTag", 1);

type Asked = { readonly request: Request; readonly body: string };
type Rig = { readonly http: RelayHttp; readonly asked: Asked[]; readonly timers: HeldTimers };

/** `answer` sees each request in turn. */
function rigOf(answer: (asked: Asked, index: number) => unknown): Rig {
  const relay = new PlayedRelay();
  const timers = new HeldTimers();
  const asked: Asked[] = [];
  relay.fetch = async (request) => {
    const it = { request, body: await request.clone().text() };
    asked.push(it);
    const said = answer(it, asked.length - 1);
    return said instanceof Response ? said : Response.json(said);
  };
  const transport = openMemoryTransport({ relayAt: () => relay, timers });
  const http = openRelayHttp({
    url: URL_HERE,
    owner: { ...owner, relayId: RELAY_ID },
    transport,
    timers,
  });
  return { http, asked, timers };
}

const settled = <Value>({ timers }: { readonly timers: HeldTimers }, pending: Promise<Value>) =>
  timers.outcome(pending);

const problem = (type: string, status: number, more: object = {}): Response =>
  Response.json({ type, ...more }, { status });

const discovery = (timeMs: number): object => ({
  version: 1,
  relayId: toBase64url(RELAY_ID),
  registration: "open",
  limits: {
    bodyBytesMax: 1_000,
    targetsMax: 5,
    windowMessages: 6,
    windowBytes: 7,
    heartbeatMs: 5_000,
  },
  timeMs,
});

const dateOf = ({ request }: Asked): number =>
  Number(request.headers.get("authorization")?.split(".")[1]);

function isSigned({ request, body }: Asked): boolean {
  const [scheme, claim = ""] = (request.headers.get("authorization") ?? "").split(" ");
  const [mailbox, date, signature = ""] = claim.split(".");
  const bytes = fromBase64url(signature);
  const parts = relayHttpParts({
    relayId: RELAY_ID,
    method: request.method,
    path: new URL(request.url).pathname,
    dateMs: Number(date),
    body: utf8(body),
  });
  return (
    scheme === "Kith" &&
    mailbox === MAILBOX &&
    bytes.ok &&
    verifyLabelled(owner.publicKey, bytes.value, "relay/http", ...parts)
  );
}

const grant = (fill: number): TokenGrant => ({
  hash: idOf("TokenHash", fill & 0xff),
  class: "contact",
  label: idOf("Label", fill & 0xff),
  push: true,
  expiresAtMs: 99,
});

const SUBSCRIPTION = {
  endpoint: "https://push.example.org/abc",
  p256dh: "BA",
  auth: "AA",
  vapidPublicKey: "BA",
  vapidPrivateKey: "AA",
};

describe("signed requests", () => {
  const calls: Readonly<Record<string, (http: RelayHttp) => Promise<unknown>>> = {
    "POST /v1/mailboxes": (http) => http.register({}),
    "PUT /v1/tokens": (http) => http.putTokens([grant(1)]),
    "DELETE /v1/tokens": (http) => http.deleteTokens([grant(1).hash]),
    "PUT /v1/prekeys": (http) => http.putPrekeys(bytesOf(9, 1)),
    "PUT /v1/push": (http) => http.putPush(SUBSCRIPTION),
    "DELETE /v1/push": (http) => http.deletePush(),
    [`PUT /v1/invites/${toBase64url(tag)}`]: (http) =>
      http.putInvite(tag, bytesOf(9, 1), 99, grant(1).hash),
    [`DELETE /v1/invites/${toBase64url(tag)}`]: (http) => http.deleteInvite(tag),
  };
  test.each(Object.entries(calls))("[RH1] %s carries the owner's signature", async (line, call) => {
    const rig = rigOf(() => ({ mailbox: MAILBOX }));
    expect(await settled(rig, call(rig.http))).toMatchObject({ ok: true });
    const [asked] = rig.asked;
    const { method, url } = asked!.request;
    expect(`${method} ${new URL(url).pathname}`).toBe(line);
    expect(isSigned(asked!)).toBe(true);
    expect(dateOf(asked!)).toBe(rig.timers.now());
  });

  test("[RH1] what anybody may ask carries nothing that tells who asks", async () => {
    const rig = rigOf(() => ({ bundle: toBase64url(bytesOf(5, 1)) }));
    await settled(rig, rig.http.fetchPrekeys(idOf("MailboxId", 1), idOf("Token", 2)));
    await settled(rig, rig.http.fetchInvite(tag));
    await settled(rig, rig.http.wellKnown());
    expect(rig.asked.map(({ request }) => request.headers.has("authorization"))).toEqual([
      false,
      false,
      false,
    ]);
  });

  test("[RH3] a device whose clock is ten years off signs with the relay's time", async () => {
    const relayMs = 1_700_000_000_000 + 315_000_000_000;
    const rig = rigOf((asked) => {
      if (asked.request.method === "GET") return discovery(relayMs);
      const isNear = Math.abs(dateOf(asked) - relayMs) < 300_000;
      return isNear ? { mailbox: MAILBOX } : problem("SignatureInvalid", 401);
    });
    expect(await settled(rig, rig.http.register({}))).toMatchObject({ ok: true });
    expect(rig.asked.map(({ request }) => request.method)).toEqual(["POST", "GET", "POST"]);
    expect(await settled(rig, rig.http.putPrekeys(bytesOf(1, 1)))).toMatchObject({ ok: true });
    expect(rig.asked).toHaveLength(4);
  });

  test("[RH9] ends of lives are told by the relay's clock, whatever ours says", async () => {
    const relayMs = 1_700_000_000_000 + 315_000_000_000;
    const rig = rigOf((asked) => {
      if (asked.request.method === "GET") return discovery(relayMs);
      return Math.abs(dateOf(asked) - relayMs) < 300_000 ? {} : problem("SignatureInvalid", 401);
    });
    const leftMs = 86_400_000;
    const grants = [
      { ...grant(1), expiresAtMs: rig.timers.now() + leftMs },
      // From a clock that was years ahead: more than a relay grants.
      { ...grant(2), expiresAtMs: rig.timers.now() + 2 * TOKEN_LIFE_MS_MAX },
    ];
    expect(await settled(rig, rig.http.putTokens(grants))).toMatchObject({ ok: true });
    const told = JSON.parse(rig.asked.at(-1)?.body ?? "") as PutTokens;
    const [short = 0, long = 0] = told.tokens.map((it) => it.expiresAtMs - relayMs);
    expect(Math.abs(short - leftMs)).toBeLessThan(1_000);
    expect(long).toBeGreaterThan(leftMs);
    expect(long).toBeLessThanOrEqual(TOKEN_LIFE_MS_MAX);
  });

  test("[RH3] a signature that is refused for another reason is tried once", async () => {
    const rig = rigOf(({ request }) =>
      request.method === "GET" ? discovery(1_700_000_000_000) : problem("SignatureInvalid", 401),
    );
    const answer = await settled(rig, rig.http.register({}));
    expect(answer).toMatchObject({ ok: false, error: { type: "Refused", status: 401 } });
    expect(rig.asked.map(({ request }) => request.method)).toEqual(["POST", "GET"]);
  });

  test("[RH6] tokens go out 256 at a time, and stop at the first refusal", async () => {
    const rig = rigOf((_, index) => (index === 1 ? problem("TooMany", 507) : {}));
    const grants = Array.from({ length: 600 }, (_, i) => grant(i));
    expect(await settled(rig, rig.http.putTokens(grants))).toMatchObject({
      ok: false,
      error: { problem: "TooMany" },
    });
    const sizes = rig.asked.map(({ body }) => (JSON.parse(body) as PutTokens).tokens.length);
    expect(sizes).toEqual([256, 256]);
  });
});

describe("registering", () => {
  test("[RH4] does the work that is asked for, then shows it", async () => {
    const challenge = bytesOf(16, 5);
    const rig = rigOf(({ body }) => {
      const { pow } = JSON.parse(body) as CreateMailbox;
      const nonce = pow === undefined ? null : fromBase64url(pow.nonce);
      if (nonce?.ok === true && powOf(challenge, nonce.value) >= 9) return { mailbox: MAILBOX };
      const work = { challenge: toBase64url(challenge), bits: 9 };
      return problem("ProofOfWorkNeeded", 428, work);
    });
    const voucher = idOf("Voucher", 3);
    const answer = await settled(rig, rig.http.register({ voucher, inviteToken: "abc" }));
    expect(answer).toEqual({ ok: true, value: owner.mailbox });
    expect(rig.asked).toHaveLength(2);
    expect(JSON.parse(rig.asked[1]!.body)).toMatchObject({
      publicKey: toBase64url(owner.publicKey),
      voucher: toBase64url(voucher),
      inviteToken: "abc",
    });
  });

  test("[RH4] work without end, or harder than we do, is a refusal", async () => {
    const work = (bits: number): Response =>
      problem("ProofOfWorkNeeded", 428, { challenge: toBase64url(bytesOf(16, 5)), bits });
    const endless = rigOf(() => work(1));
    expect(await settled(endless, endless.http.register({}))).toMatchObject({
      error: { type: "Refused", problem: "ProofOfWorkNeeded" },
    });
    expect(endless.asked).toHaveLength(4);
    const hard = rigOf(() => work(25));
    expect(await settled(hard, hard.http.register({}))).toEqual({
      ok: false,
      error: { type: "WorkTooHard", bits: 25 },
    });
  });

  test("[RH5] a relay that does not take us says so, in words we know or not", async () => {
    const closed = rigOf(() => problem("RegistrationClosed", 403));
    expect(await settled(closed, closed.http.register({}))).toMatchObject({
      error: { type: "Refused", status: 403, problem: "RegistrationClosed", retryAfterMs: 0 },
    });
    const busy = rigOf(() => problem("TooManyRequests", 429, { retryAfterMs: 10 ** 12 }));
    expect(await settled(busy, busy.http.register({}))).toMatchObject({
      error: { problem: "TooManyRequests", retryAfterMs: 3_600_000 },
    });
    const strange = rigOf(() => new Response("<html>", { status: 502 }));
    expect(await settled(strange, strange.http.register({}))).toMatchObject({
      error: { type: "Refused", status: 502, problem: null, work: null },
    });
  });

  test("[RH2] another mailbox than ours is no answer", async () => {
    const rig = rigOf(() => ({ mailbox: toBase64url(idOf("MailboxId", 9)) }));
    expect(await settled(rig, rig.http.register({}))).toEqual(MALFORMED);
  });
});

describe("answers", () => {
  test("[RH2] are read in full", async () => {
    const record = bytesOf(16 * 1024, 1);
    const rig = rigOf(({ request }) => {
      if (request.url.includes("invites")) return { record: toBase64url(record), expiresAtMs: 7 };
      if (request.url.includes("prekeys")) return { bundle: toBase64url(bytesOf(8_192, 2)) };
      return { ...discovery(12), future: true };
    });
    const bundle = await settled(
      rig,
      rig.http.fetchPrekeys(idOf("MailboxId", 1), idOf("Token", 2)),
    );
    expect(bundle).toEqual({ ok: true, value: bytesOf(8_192, 2) });
    const invite = await settled(rig, rig.http.fetchInvite(tag));
    expect(invite).toEqual({ ok: true, value: { record, expiresAtMs: 7 } });
    expect(await settled(rig, rig.http.wellKnown())).toMatchObject({
      ok: true,
      value: { relayId: RELAY_ID, registration: "open", timeMs: 12, limits: { targetsMax: 5 } },
    });
  });

  const good = discovery(12) as { readonly limits: object };
  test.each([
    ["no JSON", "{"],
    ["a list", []],
    ["no relay id", { ...good, relayId: undefined }],
    ["a short relay id", { ...good, relayId: "AAAA" }],
    ["a long relay id", { ...good, relayId: "A".repeat(1_000) }],
    ["an unknown kind of registration", { ...good, registration: "maybe" }],
    ["no limits", { ...good, limits: null }],
    ["a limit over ours", { ...good, limits: { ...good.limits, bodyBytesMax: 10 ** 9 } }],
    ["a broken number", { ...good, timeMs: 1.5 }],
    ["a number below zero", { ...good, timeMs: -1 }],
    ["a number as text", { ...good, timeMs: "12" }],
    ["fields of a prototype", `{"__proto__":${JSON.stringify(good)}}`],
  ])("[RH2] with %s are malformed", async (_, said) => {
    const rig = rigOf(() => (typeof said === "string" ? new Response(said) : said));
    expect(await settled(rig, rig.http.wellKnown())).toEqual(MALFORMED);
  });

  test("[RH2] longer than a record or a bundle can be are malformed", async () => {
    const long = toBase64url(bytesOf(16 * 1024 + 1, 1));
    const rig = rigOf(() => ({ record: long, expiresAtMs: 1, bundle: long }));
    expect(await settled(rig, rig.http.fetchInvite(tag))).toEqual(MALFORMED);
    const prekeys = rig.http.fetchPrekeys(idOf("MailboxId", 1), idOf("Token", 2));
    expect(await settled(rig, prekeys)).toEqual(MALFORMED);
  });

  test("[RH7] whatever they say, nothing throws", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(fc.json(), fc.string({ maxLength: 200 })),
        fc.constantFrom(200, 204, 302, 400, 401, 404, 428, 429, 500),
        async (body, status) => {
          const rig = rigOf(() => new Response(status === 204 ? null : body, { status }));
          const { http } = rig;
          const calls: readonly Promise<{ readonly ok: boolean }>[] = [
            http.wellKnown(),
            http.register({}),
            http.fetchInvite(tag),
          ];
          for (const call of calls) expect(typeof (await settled(rig, call)).ok).toBe("boolean");
        },
      ),
      { numRuns: 60 },
    );
  });

  test("[RH8] nobody there is unreachable", async () => {
    const timers = new HeldTimers();
    const transport = openMemoryTransport({ relayAt: () => undefined, timers });
    const http = openRelayHttp({ url: URL_HERE, owner: null, transport, timers });
    const rig = { timers };
    expect(await settled(rig, http.wellKnown())).toEqual({
      ok: false,
      error: { type: "Unreachable" },
    });
    await expect(http.putPrekeys(bytesOf(1, 1))).rejects.toThrow("only the owner");
  });
});
