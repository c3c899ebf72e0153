import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";

import { open, seal, sealedLength } from "../../crypto/aead.ts";
import { concat } from "../../crypto/base/bytes.ts";
import { ready } from "../../crypto/base/sodium.ts";
import { kdfPair } from "../../crypto/kdf.ts";
import { pad } from "../../crypto/padding.ts";
import { xchachaDecrypt, xchachaEncrypt } from "../../crypto/xchacha.ts";
import { answersAnything } from "./decoder.ts";
import { bytesOf, flipped, randomOf, textOf } from "./people.ts";

beforeAll(() => ready);

const key = bytesOf(32, 1);
const context = textOf("channel/7");
const OPEN_FAILED = { ok: false, error: { type: "OpenFailed" } };
const sealed = (message: Uint8Array): Uint8Array => seal(key, context, message, randomOf(1));

describe("aead", () => {
  test("[AE1] opens what was sealed under the same key and context", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (message) => {
        expect(open(key, context, sealed(message))).toEqual({ ok: true, value: message });
      }),
    );
  });

  test("[AE2] refuses another key and another context", () => {
    const box = sealed(textOf("hi Bob"));
    expect(open(bytesOf(32, 2), context, box)).toEqual(OPEN_FAILED);
    expect(open(key, textOf("channel/8"), box)).toEqual(OPEN_FAILED);
  });

  test("[AE3] refuses every byte tampered with, and every other length", () => {
    const box = sealed(textOf("hi Bob"));
    for (let i = 0; i < box.length; i++) {
      expect({ i, got: open(key, context, flipped(box, i, 0x80)) }).toEqual({
        i,
        got: OPEN_FAILED,
      });
      expect(open(key, context, box.subarray(0, i))).toEqual(OPEN_FAILED);
    }
    expect(open(key, context, Uint8Array.from([...box, 0]))).toEqual(OPEN_FAILED);
    answersAnything((bytes) => open(key, context, bytes), box);
  });

  test("[AE4] commits to its key: a box that Poly1305 accepts under another key is refused", () => {
    const nonce = bytesOf(24, 3);
    const [, commitment] = kdfPair(key, "aead", nonce);
    const [boxKey] = kdfPair(bytesOf(32, 2), "aead", nonce);
    const head = concat(nonce, commitment);
    const box = xchachaEncrypt(boxKey, nonce, concat(context, head), pad(textOf("hi Eve")));
    expect(xchachaDecrypt(boxKey, nonce, concat(context, head), box).ok).toBe(true);
    expect(open(bytesOf(32, 2), context, concat(head, box))).toEqual(OPEN_FAILED);
    expect(open(key, context, concat(head, box))).toEqual(OPEN_FAILED);
  });

  test("[AE5] one message sealed twice shares no bytes, and its length tells its bucket alone", () => {
    const random = randomOf(5);
    const [a, b] = [0, 1].map(() => seal(key, context, textOf("hi"), random));
    expect(a!.filter((byte, i) => byte === b![i]).length).toBeLessThan(10);
    for (const length of [0, 1, 100, 127]) expect(sealed(bytesOf(length, 0))).toHaveLength(200);
    expect(sealed(bytesOf(128, 0))).toHaveLength(328);
    expect(sealedLength(180)).toBe(sealed(bytesOf(180, 0)).length);
  });
});
