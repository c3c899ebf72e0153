/** The X-Wing draft's own vectors (draft-connolly-cfrg-xwing-kem, appendix). */
import { beforeAll, expect, test } from "vitest";

import { ready } from "../../crypto/base/sodium.ts";
import { decapsulate, encapsulate, makeKemKeyPair } from "../../crypto/kem.ts";
import { bytesOfHex, sharedVectors, without } from "./shared-vectors.ts";

beforeAll(() => ready);

type Vector = Record<"seed" | "eseed" | "ss" | "sk" | "pk" | "ct", string>;
const vectors = sharedVectors("xwing/test-vectors.json") as Vector[] | null;

test.skipIf(vectors === null)(`[VX1] X-Wing gives the draft's keys, ciphertexts and secrets${without(vectors)}`, () => {
  for (const it of vectors ?? []) {
    const pair = makeKemKeyPair(() => bytesOfHex(it.seed));
    expect(pair).toEqual({ publicKey: bytesOfHex(it.pk), secretKey: bytesOfHex(it.sk) });
    const sent = encapsulate(pair.publicKey, () => bytesOfHex(it.eseed));
    expect(sent).toEqual({
      ok: true,
      value: { ciphertext: bytesOfHex(it.ct), sharedSecret: bytesOfHex(it.ss) },
    });
    const got = decapsulate(bytesOfHex(it.ct), pair.secretKey);
    expect(got).toEqual({ ok: true, value: bytesOfHex(it.ss) });
  }
  expect(vectors?.length).toBe(3);
});
