import { beforeAll, describe, expect, test } from "vitest";

import { toBase64url } from "../../../crypto/base/base64url.ts";
import { ready } from "../../../crypto/base/sodium.ts";
import { powOf, tokenHashOf } from "../../../crypto/public/relay-ids.ts";
import { SECURITY_HEADERS } from "../../../relay/http/security-headers.ts";
import { HTTP_REQUESTS_BURST, POW_BITS, REGISTRATIONS_BURST } from "../../../relay/limits.ts";
import { PATHS, type Problem } from "../../../sync/wire/http.ts";
import {
  HTTP_BODY_BYTES_MAX,
  INVITES_PER_MAILBOX_MAX,
  SIGNED_REQUEST_SKEW_MS,
} from "../../../sync/wire/limits.ts";
import { DAY_MS, filled, openWorld, type Person, START_MS, type World } from "../relay-world.ts";

beforeAll(() => ready);

const saidBy = async (response: Response): Promise<readonly [number, string]> => [
  response.status,
  ((await response.json()) as Problem).type,
];
const register = (world: World, it: Person, more: object = {}): Promise<Response> =>
  world.request("POST", PATHS.mailboxes, {
    by: it,
    body: { publicKey: toBase64url(it.publicKey), ...more },
  });
const inviteOf = (voucher: Uint8Array, more: object = {}) => ({
  record: toBase64url(filled(50, 3)),
  expiresAtMs: START_MS + DAY_MS,
  voucherHash: toBase64url(tokenHashOf(voucher)),
  ...more,
});
const tag = toBase64url(filled(16, 5));

describe("mailboxes", () => {
  test("[HM1] are created once, and repeating it says the same", async () => {
    const world = openWorld();
    const alice = world.stranger(1);
    const created = await register(world, alice);
    const body = { mailbox: toBase64url(alice.mailbox) };
    expect([created.status, await created.json()]).toEqual([201, body]);
    const again = await register(world, alice);
    expect([again.status, await again.json()]).toEqual([200, body]);
    expect(world.relay.status().mailboxes).toBe(1);
  });

  test("[HM2] are refused to a wrong signature, and to a key that is not the mailbox's", async () => {
    const world = openWorld();
    const [alice, bob] = [world.stranger(1), world.stranger(2)];
    const invalid = [401, "SignatureInvalid"];
    expect(await saidBy(await register(world, { ...alice, seed: bob.seed }))).toEqual(invalid);
    expect(await saidBy(await register(world, { ...alice, mailbox: bob.mailbox }))).toEqual(
      invalid,
    );
    expect(world.relay.status().mailboxes).toBe(0);
  });

  test("[HM3] cost work when many come, and the work is for this key alone", async () => {
    const world = openWorld();
    for (let value = 0; value < REGISTRATIONS_BURST; value += 1) {
      const it = world.stranger(value + 1);
      await register(world, it);
    }
    const asked: Problem[] = [];
    const late = world.stranger(200);
    const response = await register(world, late);
    expect(response.status).toBe(428);
    asked.push((await response.json()) as Problem);
    const challenge = new Uint8Array(Buffer.from(asked[0]!.challenge!, "base64url"));
    expect(asked[0]!.bits).toBe(POW_BITS);
    const nonce = new Uint8Array(8);
    const view = new DataView(nonce.buffer);
    for (let count = 0; powOf(challenge, nonce) < POW_BITS; count += 1) view.setUint32(0, count);
    const pow = { challenge: toBase64url(challenge), nonce: toBase64url(nonce) };
    const other = world.stranger(201);
    expect((await register(world, other, { pow })).status).toBe(428);
    expect((await register(world, late, { pow })).status).toBe(201);
  });

  test("[HM4] need an invitation where the operator says so", async () => {
    const token = filled(16, 9);
    const world = openWorld({
      relay: { registration: "invite", operatorTokenHash: tokenHashOf(token) },
    });
    const [alice, bob, carol] = [world.stranger(1), world.stranger(2), world.stranger(3)];
    const closed = [403, "RegistrationClosed"];
    expect(await saidBy(await register(world, alice))).toEqual(closed);
    const wrong = { inviteToken: toBase64url(filled(16, 8)) };
    expect(await saidBy(await register(world, alice, wrong))).toEqual(closed);
    expect((await register(world, alice, { inviteToken: toBase64url(token) })).status).toBe(201);
    const voucher = filled(16, 7);
    const body = inviteOf(voucher);
    expect((await world.request("PUT", PATHS.invite(tag), { by: alice, body })).status).toBe(204);
    const by = { voucher: toBase64url(voucher) };
    expect((await register(world, bob, by)).status).toBe(201);
    expect((await register(world, bob, by)).status).toBe(200);
    expect(await saidBy(await register(world, carol, by))).toEqual(closed);
  });

  test("[HM5] are created by nobody where the operator says so", async () => {
    const world = openWorld({ relay: { registration: "closed" } });
    const said = await saidBy(await register(world, world.stranger(1)));
    expect(said).toEqual([403, "RegistrationClosed"]);
  });

  test("[HM6] are refused to newcomers under load, while those that exist go on", async () => {
    const pressure = { now: 0 };
    const world = openWorld({ relay: { pressure: () => pressure.now } });
    const alice = await world.person(1);
    pressure.now = 60;
    expect((await register(world, world.stranger(2))).status).toBe(428);
    pressure.now = 95;
    const refused = await register(world, world.stranger(2));
    expect(refused.headers.get("retry-after")).toBe("60");
    expect(await saidBy(refused)).toEqual([503, "Overloaded"]);
    expect((await world.grant(alice, filled(16, 4))).status).toBe(204);
    expect((await register(world, alice)).status).toBe(200);
  });

  test("[HM7] are deleted by their owner alone", async () => {
    const world = openWorld();
    const [alice, bob] = [await world.person(1), await world.person(2)];
    const path = PATHS.mailbox(toBase64url(alice.mailbox));
    expect(await saidBy(await world.request("DELETE", path, { by: bob }))).toEqual([
      401,
      "SignatureInvalid",
    ]);
    expect((await world.request("DELETE", path, { by: alice })).status).toBe(204);
    expect(world.relay.status().mailboxes).toBe(1);
  });
});

describe("signed requests", () => {
  test("[HO1] are refused without a signature, and with one for anything else", async () => {
    const world = openWorld();
    const [alice, bob] = [await world.person(1), await world.person(2)];
    const body = { hashes: [toBase64url(filled(32, 1))] };
    const text = JSON.stringify(body);
    const answer = async (headers: Readonly<Record<string, string>>) =>
      (await world.request("DELETE", PATHS.tokens, { body, headers })).status;
    const good = world.signed("DELETE", PATHS.tokens, text, alice);
    expect(await answer(good)).toBe(204);
    expect(await answer({})).toBe(401);
    expect(await answer(world.signed("PUT", PATHS.tokens, text, alice))).toBe(401);
    expect(await answer(world.signed("DELETE", PATHS.prekeys, text, alice))).toBe(401);
    expect(await answer(world.signed("DELETE", PATHS.tokens, `${text} `, alice))).toBe(401);
    expect(await answer(world.signed("DELETE", PATHS.tokens, text, world.stranger(9)))).toBe(401);
    const asBob = { ...alice, mailbox: bob.mailbox };
    expect(await answer(world.signed("DELETE", PATHS.tokens, text, asBob))).toBe(401);
    const { authorization = "" } = good;
    expect(await answer({ authorization: authorization.replace("Kith", "Bearer") })).toBe(401);
    expect(await answer({ authorization: authorization.replace(".1", ".01") })).toBe(401);
  });

  test("[HO2] a signature is good for five minutes, either way", async () => {
    for (const [offMs, status] of [
      [SIGNED_REQUEST_SKEW_MS, 204],
      [-SIGNED_REQUEST_SKEW_MS, 204],
      [SIGNED_REQUEST_SKEW_MS + 1, 401],
      [-SIGNED_REQUEST_SKEW_MS - 1, 401],
    ] as const) {
      const world = openWorld();
      const alice = await world.person(1);
      const headers = world.signed("DELETE", PATHS.invite(tag), "", alice);
      world.clock.nowMs += offMs;
      const answer = await world.request("DELETE", PATHS.invite(tag), { headers });
      expect([offMs, answer.status]).toEqual([offMs, status]);
    }
  });
});

describe("prekeys", () => {
  test("[HP1] go to whoever holds a token, as often as they ask", async () => {
    const world = openWorld();
    const [alice, bob] = [await world.person(1), await world.person(2)];
    const bundle = toBase64url(filled(2_000, 6));
    await world.request("PUT", PATHS.prekeys, { by: alice, body: { bundle } });
    const ask = (mailbox: Uint8Array, token: Uint8Array) =>
      world.request("POST", PATHS.prekeys, {
        body: { mailbox: toBase64url(mailbox), token: toBase64url(token) },
      });
    for (let count = 0; count < 300; count += 1) {
      const answer = await ask(alice.mailbox, alice.token);
      expect(answer.status).toBe(200);
      expect(await answer.json()).toEqual({ bundle });
    }
    const unknown = [404, "NotFound"];
    expect(await saidBy(await ask(alice.mailbox, bob.token))).toEqual(unknown);
    expect(await saidBy(await ask(world.stranger(9).mailbox, alice.token))).toEqual(unknown);
    expect(await saidBy(await ask(bob.mailbox, bob.token))).toEqual(unknown);
  });
});

describe("invites", () => {
  test("[HI1] are found by their tag until they expire or are taken back", async () => {
    const world = openWorld();
    const alice = await world.person(1);
    const read = () => world.request("GET", PATHS.invite(tag));
    const unknown = [404, "NotFound"];
    expect(await saidBy(await read())).toEqual(unknown);
    const body = inviteOf(filled(16, 7));
    await world.request("PUT", PATHS.invite(tag), { by: alice, body });
    const { record, expiresAtMs } = body;
    expect(await (await read()).json()).toEqual({ record, expiresAtMs });
    await world.request("DELETE", PATHS.invite(tag), { by: alice });
    expect(await saidBy(await read())).toEqual(unknown);
    await world.request("PUT", PATHS.invite(tag), { by: alice, body });
    world.clock.nowMs += DAY_MS;
    expect(await saidBy(await read())).toEqual(unknown);
    expect(await saidBy(await world.request("GET", PATHS.invite("no-tag")))).toEqual(unknown);
  });

  test("[HI2] cannot take another's tag, live too long, or be too many", async () => {
    const world = openWorld();
    const [alice, bob] = [await world.person(1), await world.person(2)];
    const put = async (by: Person, at: string, more: object = {}) =>
      (await world.request("PUT", PATHS.invite(at), { by, body: inviteOf(filled(16, 7), more) }))
        .status;
    expect(await put(alice, tag)).toBe(204);
    expect(await put(bob, tag)).toBe(409);
    expect(await put(alice, tag, { expiresAtMs: START_MS })).toBe(400);
    expect(await put(alice, tag, { expiresAtMs: START_MS + 31 * DAY_MS })).toBe(400);
    const statuses: number[] = [];
    for (let count = 0; count < INVITES_PER_MAILBOX_MAX; count += 1) {
      statuses.push(await put(alice, toBase64url(filled(16, 100 + count))));
    }
    expect(statuses.filter((it) => it === 204)).toHaveLength(INVITES_PER_MAILBOX_MAX - 1);
    expect(statuses.at(-1)).toBe(507);
  });
});

describe("requests of nobody's good will", () => {
  const post = (world: World, body: string | Uint8Array<ArrayBuffer>, type = "application/json") =>
    world.http.request(PATHS.prekeys, { method: "POST", headers: { "content-type": type }, body });

  test.each([
    ["no JSON", "{"],
    ["the wrong JSON", "[]"],
    [
      "a field too many",
      '{"mailbox":"AAAAAAAAAAAAAAAAAAAAAA","token":"AAAAAAAAAAAAAAAAAAAAAA","x":1}',
    ],
    [
      "a prototype",
      '{"__proto__":{"mailbox":"AAAAAAAAAAAAAAAAAAAAAA"},"token":"AAAAAAAAAAAAAAAAAAAAAA"}',
    ],
    ["padding", '{"mailbox":"AAAAAAAAAAAAAAAAAAAAAA==","token":"AAAAAAAAAAAAAAAAAAAAAA"}'],
    ["an id too short", '{"mailbox":"AAAA","token":"AAAAAAAAAAAAAAAAAAAAAA"}'],
    ["deep nesting", "[".repeat(60_000)],
    ["broken UTF-8", Uint8Array.of(0x22, 0xff, 0x22)],
  ])("[HQ1] refuses %s as malformed", async (_, body) => {
    const world = openWorld();
    expect(await saidBy(await post(world, body))).toEqual([400, "BodyMalformed"]);
  });

  test("[HQ2] refuses another type of body, and one that is too large while it streams", async () => {
    const world = openWorld();
    expect(await saidBy(await post(world, "{}", "text/plain"))).toEqual([415, "BodyTypeUnknown"]);
    const large = "x".repeat(HTTP_BODY_BYTES_MAX + 1);
    expect(await saidBy(await post(world, large))).toEqual([413, "BodyTooLarge"]);
    let pulled = 0;
    const endless = new ReadableStream<Uint8Array>({
      pull: (controller) => {
        pulled += 1;
        controller.enqueue(new Uint8Array(16 * 1024));
      },
    });
    const headers = { "content-type": "application/json", "content-length": "2" };
    const streamed = { method: "POST", headers, body: endless, duplex: "half" };
    const request = new Request(`http://relay${PATHS.prekeys}`, streamed);
    expect(await saidBy(await world.http.fetch(request))).toEqual([413, "BodyTooLarge"]);
    expect(pulled).toBeLessThan(10);
  });

  test("[HQ6] bounds the requests of one neighbourhood, and those of no other", async () => {
    const world = openWorld({ address: "192.0.2" });
    const statuses: number[] = [];
    for (let count = 0; count <= HTTP_REQUESTS_BURST; count += 1) {
      statuses.push((await world.request("GET", PATHS.invite(tag))).status);
    }
    expect(new Set(statuses.slice(0, -1))).toEqual(new Set([404]));
    const late = await world.request("GET", PATHS.invite(tag));
    expect(late.headers.get("retry-after")).toBe("1");
    expect(await saidBy(late)).toEqual([429, "TooManyRequests"]);
    expect((await world.request("GET", PATHS.health)).status).toBe(200);
  });

  test("[HQ3] refuses methods and paths that are not there", async () => {
    const world = openWorld();
    const said = async (method: string, path: string) => saidBy(await world.request(method, path));
    expect(await said("PATCH", PATHS.prekeys)).toEqual([405, "MethodNotAllowed"]);
    expect(await said("POST", "/healthz")).toEqual([405, "MethodNotAllowed"]);
    expect(await said("GET", "/v1/nothing")).toEqual([404, "NotFound"]);
    expect(await said("GET", "/..%2f..%2fetc/passwd")).toEqual([404, "NotFound"]);
  });

  test("[HQ4] lets any origin use the API, and says so to a preflight", async () => {
    const world = openWorld();
    const preflight = await world.request("OPTIONS", PATHS.tokens, {
      headers: { origin: "https://elsewhere.example" },
    });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get("access-control-allow-origin")).toBe("*");
    expect(preflight.headers.get("access-control-allow-headers")).toContain("authorization");
    const found = await world.request("GET", PATHS.discovery);
    expect(found.headers.get("access-control-allow-origin")).toBe("*");
    expect(found.headers.get("access-control-allow-credentials")).toBeNull();
  });

  test("[HQ5] puts the security headers on every answer", async () => {
    const world = openWorld();
    for (const [method, path] of [
      ["GET", "/healthz"],
      ["GET", "/nothing"],
      ["POST", PATHS.mailboxes],
      ["PATCH", "/"],
      ["OPTIONS", PATHS.tokens],
    ] as const) {
      const { headers } = await world.request(method, path);
      for (const [name, value] of Object.entries(SECURITY_HEADERS)) {
        expect([path, headers.get(name)]).toEqual([path, value]);
      }
    }
    const policy = SECURITY_HEADERS["content-security-policy"];
    expect(policy).not.toMatch(/unsafe-inline|'unsafe-eval'|\*/u);
  });
});

describe("status", () => {
  test("[HT1] says what it speaks and how much it holds, as numbers", async () => {
    const world = openWorld();
    await world.person(1);
    await world.socket();
    const status = await (await world.request("GET", PATHS.status)).json();
    expect(status).toEqual({
      mailboxes: 1,
      messages: 0,
      bytes: 0,
      oldestSeconds: 0,
      blobs: 0,
      blobBytes: 0,
      sockets: 1,
    });
    const discovery = await (await world.request("GET", PATHS.discovery)).json();
    expect(discovery).toMatchObject({ version: 1, registration: "open", timeMs: START_MS });
    const page = await (await world.request("GET", PATHS.statusPage)).text();
    expect(page).toContain("<td>1</td>");
    expect(page).not.toMatch(/style=|<script|<style/u);
  });

  test("[HT2] is healthy while it drains, and not ready", async () => {
    const world = openWorld();
    const statuses = async () => [
      (await world.request("GET", PATHS.health)).status,
      (await world.request("GET", PATHS.readiness)).status,
    ];
    expect(await statuses()).toEqual([200, 200]);
    await world.relay.drain();
    expect(await statuses()).toEqual([200, 503]);
  });
});
