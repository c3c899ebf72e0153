import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";

import { ready } from "../../../crypto/base/sodium.ts";
import { type CborValue, encodeCbor } from "../../../sync/cbor.ts";
import { signCursor } from "../../../sync/payload/cursor.ts";
import {
  decodeTyping,
  encodeTyping,
  signTyping,
  type Typing,
  verifyTyping,
} from "../../../sync/payload/typing.ts";
import { bytesOf } from "../../crypto/people.ts";
import { decoderContract } from "../decoder.contract.ts";
import { signer } from "../entry/signed-entry.ts";

beforeAll(() => ready);

const bytes = fc.uint8Array({ minLength: 16, maxLength: 16 });

decoderContract<Typing, Typing>("typing", {
  values: fc
    .record({ channel: bytes, device: bytes, atMs: fc.maxSafeNat() })
    .map((content) => signTyping(content, signer().secretKey)),
  encode: encodeTyping,
  decode: decodeTyping,
});

const CONTENT = { channel: bytesOf(16, 1), device: bytesOf(16, 2), atMs: 3 };

test("[TY1] the device signs it: any other key, and any altered byte, is noticed", () => {
  const encoded = encodeTyping(signTyping(CONTENT, signer().secretKey));
  const typing = decodeTyping(encoded);
  if (!typing.ok) throw new Error(typing.error.type);
  expect(verifyTyping(typing.value, signer().publicKey)).toBe(true);
  expect(verifyTyping(typing.value, signer(8).publicKey)).toBe(false);
  for (let i = 0; i < encoded.length; i += 1) {
    const altered = encoded.slice();
    altered[i]! ^= 1;
    const decoded = decodeTyping(altered);
    expect(decoded.ok && verifyTyping(decoded.value, signer().publicKey)).toBe(false);
  }
});

test("[TY1] a signature under another label is none", () => {
  const cursor = signCursor(
    { ...CONTENT, counter: 3, delivered: [], read: [] },
    signer().secretKey,
  );
  const typing = signTyping(CONTENT, signer().secretKey);
  const { signed, signature } = cursor;
  expect(verifyTyping({ ...typing, signed, signature }, signer().publicKey)).toBe(false);
});

test.each<[string, CborValue, string]>([
  ["a channel of 8 bytes", [bytesOf(8, 1), bytesOf(16, 2), 3], "channel"],
  ["a device that is a text", [bytesOf(16, 1), "device", 3], "device"],
  ["a time before 1970", [bytesOf(16, 1), bytesOf(16, 2), -3], "atMs"],
])("[TY1] refuses %s", (_, content, at) => {
  const encoded = encodeCbor([encodeCbor(content), bytesOf(64, 1)]);
  expect(decodeTyping(encoded)).toEqual({ ok: false, error: { type: "ShapeWrong", at } });
});
