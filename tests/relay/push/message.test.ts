/** What a browser makes of a sealed push, and a claim that Node's own verifier takes. */
import { createPublicKey, verify } from "node:crypto";

import { expect, test } from "vitest";

import { PUSH_CLAIM_MS } from "../../../relay/limits.ts";
import { sealPush, vapidHeader } from "../../../relay/push/message.ts";
import { pushKeys } from "./push-keys.ts";

test("[PM1] seals for one browser, each time anew", () => {
  const keys = pushKeys();
  const content = new TextEncoder().encode("When I grow up, I want to be a watermelon");
  const [first, second] = [sealPush(content, keys), sealPush(content, keys)];
  for (const sealed of [first, second]) {
    expect(keys.open(sealed)).toBe("When I grow up, I want to be a watermelon");
  }
  expect(first.equals(second)).toBe(false);
  expect(() => pushKeys().open(first)).toThrow(/unable to authenticate/u);
});

test("[PM2] claims, under the device's key, to be for this push service until then", () => {
  const keys = pushKeys();
  const expiresAtMs = Math.floor(Date.now() / 1_000) * 1_000 + PUSH_CLAIM_MS;
  const header = vapidHeader(keys, {
    audience: "https://push.example.org",
    subject: "https://chat.example.org",
    expiresAtMs: expiresAtMs + 999,
  });
  const [, token = "", key] = /^vapid t=([\w.-]+), k=([\w-]+)$/u.exec(header) ?? [];
  expect(key).toBe(Buffer.from(keys.vapidPublicKey).toString("base64url"));
  const [head = "", claim = "", signature = ""] = token.split(".");
  const said = (text: string): unknown => JSON.parse(Buffer.from(text, "base64url").toString());
  expect(said(head)).toEqual({ typ: "JWT", alg: "ES256" });
  expect(said(claim)).toEqual({
    aud: "https://push.example.org",
    sub: "https://chat.example.org",
    exp: expiresAtMs / 1_000,
  });
  const point = Buffer.from(keys.vapidPublicKey);
  const [x, y] = [point.subarray(1, 33), point.subarray(33)].map((it) => it.toString("base64url"));
  const publicKey = createPublicKey({
    key: { kty: "EC", crv: "P-256", x: x!, y: y! },
    format: "jwk",
  });
  const isSigned = verify(
    "sha256",
    Buffer.from(`${head}.${claim}`),
    { key: publicKey, dsaEncoding: "ieee-p1363" },
    Buffer.from(signature, "base64url"),
  );
  expect(isSigned).toBe(true);
});
