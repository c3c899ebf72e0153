import { beforeAll, expect, test } from "vitest";

import { ready } from "../../../crypto/base/sodium.ts";
import { hash32 } from "../../../crypto/public/hash.ts";
import {
  envelopeIdOf,
  mailboxIdOf,
  powOf,
  relayAuthParts,
  relayHttpParts,
  tokenHashOf,
} from "../../../crypto/public/relay-ids.ts";

beforeAll(() => ready);

const fill = (length: number, byte: number): Uint8Array => new Uint8Array(length).fill(byte);

test("[RI1] a mailbox id is 16 bytes and differs for each relay and each key", () => {
  const id = mailboxIdOf(fill(32, 1), fill(32, 2));
  expect(id).toHaveLength(16);
  expect(mailboxIdOf(fill(32, 1), fill(32, 3))).not.toEqual(id);
  expect(mailboxIdOf(fill(32, 4), fill(32, 2))).not.toEqual(id);
});

test("[RI2] an envelope id is 16 bytes, a stored token 32, each of its content alone", () => {
  expect(envelopeIdOf(fill(3, 1))).toHaveLength(16);
  expect(envelopeIdOf(fill(3, 1))).not.toEqual(envelopeIdOf(fill(4, 1)));
  expect(tokenHashOf(fill(16, 1))).toHaveLength(32);
});

test("[RI3] a mailbox's owner signs relay, nonce and mailbox, in that order", () => {
  const parts = relayAuthParts(fill(32, 1), fill(32, 2), fill(16, 3));
  expect(parts).toEqual([fill(32, 1), fill(32, 2), fill(16, 3)]);
});

test("[RI4] an HTTP request is signed with its method, path, date and body's hash", () => {
  const body = fill(5, 9);
  const request = { relayId: fill(32, 1), method: "PUT", path: "/v1/x?y=1", dateMs: 1_700, body };
  const text = (s: string): Uint8Array => new TextEncoder().encode(s);
  expect(relayHttpParts(request)).toEqual([
    fill(32, 1),
    text("PUT"),
    text("/v1/x?y=1"),
    text("1700"),
    hash32("relay/http-body", body),
  ]);
});

test("[RI5] proof of work counts leading zero bits", () => {
  const challenge = fill(16, 7);
  for (let i = 0; i < 2_000; i++) {
    const nonce = fill(8, 0);
    new DataView(nonce.buffer).setUint32(0, i);
    const digest = Buffer.from(hash32("relay/pow", challenge, nonce)).toString("hex");
    const binary = BigInt(`0x${digest}`).toString(2).padStart(256, "0");
    expect(powOf(challenge, nonce)).toBe(binary.indexOf("1"));
  }
});
