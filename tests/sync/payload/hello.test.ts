import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";

import { ready } from "../../../crypto/base/sodium.ts";
import { type CborValue, encodeCbor } from "../../../sync/cbor.ts";
import {
  decodeHello,
  encodeHello,
  type Hello,
  type HelloContent,
  signHello,
  verifyHello,
} from "../../../sync/payload/hello.ts";
import { signTyping } from "../../../sync/payload/typing.ts";
import { bytesOf } from "../../crypto/people.ts";
import { decoderContract } from "../decoder.contract.ts";
import { signer } from "../entry/signed-entry.ts";

beforeAll(() => ready);

const bytes = fc.uint8Array({ minLength: 16, maxLength: 16 });
const CONTENT: HelloContent = {
  channel: bytesOf(16, 1),
  device: bytesOf(16, 2),
  counter: 3,
  digest: bytesOf(16, 4),
  count: 5,
  asks: false,
};

decoderContract<Hello, Hello>("hello", {
  values: fc
    .record({
      channel: bytes,
      device: bytes,
      counter: fc.maxSafeNat(),
      digest: bytes,
      count: fc.maxSafeNat(),
      asks: fc.boolean(),
    })
    .map((content) => signHello(content, signer().secretKey)),
  encode: encodeHello,
  decode: decodeHello,
});

test("[DG1] the device signs it: any other key, any altered byte and any other frame is noticed", () => {
  const encoded = encodeHello(signHello(CONTENT, signer().secretKey));
  const hello = decodeHello(encoded);
  if (!hello.ok) throw new Error(hello.error.type);
  expect(verifyHello(hello.value, signer().publicKey)).toBe(true);
  expect(verifyHello(hello.value, signer(8).publicKey)).toBe(false);
  for (let i = 0; i < encoded.length; i += 1) {
    const altered = encoded.slice();
    altered[i]! ^= 1;
    const decoded = decodeHello(altered);
    expect(decoded.ok && verifyHello(decoded.value, signer().publicKey)).toBe(false);
  }
  const { channel, device } = CONTENT;
  const { signature } = signTyping({ channel, device, atMs: 1 }, signer().secretKey);
  expect(verifyHello({ ...hello.value, signature }, signer().publicKey)).toBe(false);
});

test.each<[string, CborValue, string]>([
  ["a short digest", [bytesOf(16, 1), bytesOf(16, 2), 3, bytesOf(15, 4), 5, false], "digest"],
  [
    "a count below nothing",
    [bytesOf(16, 1), bytesOf(16, 2), 3, bytesOf(16, 4), -1, false],
    "count",
  ],
])("[DG1] refuses %s", (_, content, at) => {
  const hello = encodeCbor([encodeCbor(content), bytesOf(64, 6)]);
  expect(decodeHello(hello)).toEqual({ ok: false, error: { type: "ShapeWrong", at } });
});
