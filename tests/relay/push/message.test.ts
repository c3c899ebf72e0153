/** The example of RFC 8291, appendix A, and a claim that Node's own verifier takes. */
import { createPublicKey, verify } from "node:crypto";

import { expect, test } from "vitest";

import { sealPush, vapidHeader } from "../../../relay/push/message.ts";
import { pushKeys } from "./push-keys.ts";

const bytes = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, "base64url"));

test("[PM1] seals the example of RFC 8291 to its bytes", () => {
  const sealed = sealPush(
    new TextEncoder().encode("When I grow up, I want to be a watermelon"),
    {
      p256dh: bytes(
        "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
      ),
      auth: bytes("BTBZMqHH6r4Tts7J_aSIgg"),
    },
    {
      salt: bytes("DGv6ra1nlYgDCS1FRnbzlw"),
      secret: bytes("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"),
    },
  );
  expect(sealed.toString("base64url")).toBe(
    "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6Tl" +
      "zAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN",
  );
});

test("[PM2] claims, under the device's key, to be for this push service until then", () => {
  const keys = pushKeys();
  const header = vapidHeader(keys, {
    audience: "https://push.example.org",
    subject: "https://chat.example.org",
    expiresAtMs: 1_800_000_000_999,
  });
  const [, token = "", key] = /^vapid t=([\w.-]+), k=([\w-]+)$/u.exec(header) ?? [];
  expect(key).toBe(Buffer.from(keys.vapidPublicKey).toString("base64url"));
  const [head = "", claim = "", signature = ""] = token.split(".");
  const said = (text: string): unknown => JSON.parse(Buffer.from(text, "base64url").toString());
  expect(said(head)).toEqual({ typ: "JWT", alg: "ES256" });
  expect(said(claim)).toEqual({
    aud: "https://push.example.org",
    sub: "https://chat.example.org",
    exp: 1_800_000_000,
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
