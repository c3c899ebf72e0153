/**
 * C2SP Wycheproof: what goes wrong in implementations of our primitives, asked of the very functions
 * that crypto/ calls.
 */
import { beforeAll, expect, test } from "vitest";

import { ready, sodium } from "../../crypto/base/sodium.ts";
import { dh } from "../../crypto/dh.ts";
import { NONCE_BYTES, xchachaDecrypt, xchachaEncrypt } from "../../crypto/xchacha.ts";
import { bytesOfHex, sharedVectors, without } from "./shared-vectors.ts";

beforeAll(() => ready);

type Case = { readonly tcId: number; readonly result: "valid" | "invalid" | "acceptable" };
type AeadCase = Case & Record<"key" | "iv" | "aad" | "msg" | "ct" | "tag", string>;
type EdCase = Case & Record<"msg" | "sig", string> & { readonly publicKey: { pk: string } };
type XdhCase = Case & Record<"public" | "private" | "shared", string> & { flags: string[] };
type KemCase = Case & Record<"seed" | "c" | "K", string> & { readonly ek?: string };
type File<C> = { numberOfTests: number; testGroups: { tests: C[]; publicKey?: object }[] } | null;

const load = (name: string): unknown => sharedVectors(`wycheproof/${name}_test.json`);
const xchacha = load("xchacha20_poly1305") as File<AeadCase>;
const chacha = load("chacha20_poly1305") as File<AeadCase>;
const ed25519 = load("ed25519") as File<EdCase>;
const x25519 = load("x25519") as File<XdhCase>;
const mlkem = load("mlkem_768") as File<KemCase>;

/** Every case of a file, with its group's public key; fails when there are fewer than it says. */
function casesOf<C>(file: File<C>): C[] {
  const cases = (file?.testGroups ?? []).flatMap(({ tests, publicKey }) =>
    tests.map((it) => Object.assign(it as object, { publicKey }) as C),
  );
  expect(cases.length).toBeGreaterThan(0);
  expect(cases.length).toBe(file?.numberOfTests);
  return cases;
}

const opened = (open: () => Uint8Array): string | null => {
  try {
    return hex(open());
  } catch {
    return null;
  }
};
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

test.skipIf(xchacha === null)(`[WY1] XChaCha20-Poly1305${without(xchacha)}`, () => {
  for (const it of casesOf(xchacha)) {
    const [key, iv, aad] = [it.key, it.iv, it.aad].map(bytesOfHex) as [
      Uint8Array,
      Uint8Array,
      Uint8Array,
    ];
    const box = bytesOfHex(it.ct + it.tag);
    const got = xchachaDecrypt(key, iv, aad, box);
    const want = it.result === "valid" ? it.msg : null;
    expect({ id: it.tcId, msg: got.ok ? hex(got.value) : null }).toEqual({ id: it.tcId, msg: want });
    // Sealing is asked where it can be: with a nonce of the right length.
    if (it.result !== "valid" || iv.length !== NONCE_BYTES) continue;
    expect(hex(xchachaEncrypt(key, iv, aad, bytesOfHex(it.msg)))).toBe(it.ct + it.tag);
  }
});

test.skipIf(chacha === null)(`[WY2] ChaCha20-Poly1305${without(chacha)}`, () => {
  for (const it of casesOf(chacha)) {
    const msg = opened(() =>
      sodium.crypto_aead_chacha20poly1305_ietf_decrypt(
        null,
        bytesOfHex(it.ct + it.tag),
        bytesOfHex(it.aad),
        bytesOfHex(it.iv),
        bytesOfHex(it.key),
      ),
    );
    const want = it.result === "valid" ? it.msg : null;
    expect({ id: it.tcId, msg }).toEqual({ id: it.tcId, msg: want });
  }
});

test.skipIf(ed25519 === null)(`[WY3] Ed25519${without(ed25519)}`, () => {
  for (const it of casesOf(ed25519)) {
    const signature = bytesOfHex(it.sig);
    const key = bytesOfHex(it.publicKey.pk);
    const message = bytesOfHex(it.msg);
    const valid =
      signature.length === 64 && sodium.crypto_sign_verify_detached(signature, message, key);
    expect({ id: it.tcId, valid }).toEqual({ id: it.tcId, valid: it.result === "valid" });
  }
});

test.skipIf(x25519 === null)(`[WY4] X25519, and no all-zero secret is ever given out${without(x25519)}`, () => {
  for (const it of casesOf(x25519)) {
    const got = dh(bytesOfHex(it.private), bytesOfHex(it.public));
    const want = it.flags.includes("ZeroSharedSecret") ? null : it.shared;
    expect({ id: it.tcId, shared: got.ok ? hex(got.value) : null }).toEqual({
      id: it.tcId,
      shared: want,
    });
  }
});

test.skipIf(mlkem === null)(`[WY5] ML-KEM-768, the inner half of X-Wing${without(mlkem)}`, () => {
  for (const it of casesOf(mlkem)) {
    const shared = opened(() => {
      const pair = sodium.crypto_kem_mlkem768_seed_keypair(bytesOfHex(it.seed));
      if (it.ek !== undefined && hex(pair.publicKey) !== it.ek) throw new Error("public key");
      return sodium.crypto_kem_mlkem768_dec(bytesOfHex(it.c), pair.privateKey);
    });
    const want = it.result === "valid" ? it.K : null;
    expect({ id: it.tcId, shared }).toEqual({ id: it.tcId, shared: want });
  }
});
