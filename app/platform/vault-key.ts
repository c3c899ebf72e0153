/**
 * The device's master key (DMK, docs/protocol/crypto.md, Vault): 32 random bytes, kept wrapped by
 * an AES key that WebCrypto never hands out, so that a copy of the profile's files opens nothing.
 *
 * [AVK1] Made once, under a Web Lock: two tabs and the worker that start together get the same key.
 * [AVK2] What is stored holds the key in no readable form.
 * [AVK3] A wrapped key that was altered does not open: `damaged`, never another key.
 *
 *   offset | bytes | field
 *   0      | 12    | nonce, random
 *   12     | 48    | AES-256-GCM(wrapper, nonce, ad = "kith/1/dmk", DMK)
 */
import { concat, utf8 } from "../../crypto/base/bytes.ts";
import { err, ok, type Result } from "../../crypto/base/result.ts";
import { keyStore } from "./key-store.ts";

export const VAULT_KEY_BYTES = 32;
const NONCE_BYTES = 12;
const ASSOCIATED = utf8("kith/1/dmk");
const LOCK = "vault-key";
const ROW = "dmk";

export type VaultKeyError =
  /** The browser keeps nothing for us. */
  { readonly type: "StorageRefused" } | { readonly type: "KeyDamaged" };

/** What lies in the key store. The wrapper also seals drafts. */
export type WrappedKey = { readonly wrapper: CryptoKey; readonly sealed: Uint8Array<ArrayBuffer> };

const isWrappedKey = (value: unknown): value is WrappedKey =>
  typeof value === "object" &&
  value !== null &&
  "wrapper" in value &&
  value.wrapper instanceof CryptoKey &&
  "sealed" in value &&
  value.sealed instanceof Uint8Array;

/** The key, or null when this browser never had one (or lost it). */
export type VaultKeyRead = Result<Uint8Array | null, VaultKeyError>;

/** Never rejects. */
export async function readVaultKey(): Promise<VaultKeyRead> {
  const row = await readRow();
  if (!row.ok) return row;
  return row.value === null ? ok(null) : await unwrap(row.value);
}

/** The key, made now when there is none. */
export async function openVaultKey(): Promise<Result<Uint8Array, VaultKeyError>> {
  return await navigator.locks.request(LOCK, async () => {
    const row = await readRow();
    if (!row.ok) return row;
    return row.value === null ? await makeKey() : await unwrap(row.value);
  });
}

/** The stored row; null = none. */
export async function readWrappedKey(): Promise<WrappedKey | null> {
  const row = await readRow();
  return row.ok ? row.value : null;
}

async function readRow(): Promise<Result<WrappedKey | null, VaultKeyError>> {
  try {
    const row = await keyStore.read("keys", ROW);
    if (row === undefined) return ok(null);
    return isWrappedKey(row) ? ok(row) : err({ type: "KeyDamaged" });
  } catch {
    return err({ type: "StorageRefused" });
  }
}

async function makeKey(): Promise<Result<Uint8Array, VaultKeyError>> {
  const key = crypto.getRandomValues(new Uint8Array(VAULT_KEY_BYTES));
  const wrapper = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, [
    "encrypt",
    "decrypt",
  ]);
  const sealed = await sealUnder(wrapper, ASSOCIATED, key);
  try {
    await keyStore.write("keys", ROW, { wrapper, sealed });
  } catch {
    return err({ type: "StorageRefused" });
  }
  return ok(key);
}

async function unwrap(row: WrappedKey): Promise<Result<Uint8Array, VaultKeyError>> {
  const key = await openUnder(row.wrapper, ASSOCIATED, row.sealed);
  return key?.length === VAULT_KEY_BYTES ? ok(key) : err({ type: "KeyDamaged" });
}

/** nonce | ciphertext, as in the table above. */
export async function sealUnder(
  wrapper: CryptoKey,
  associated: Uint8Array,
  plain: Uint8Array,
): Promise<Uint8Array<ArrayBuffer>> {
  const iv = crypto.getRandomValues(new Uint8Array(NONCE_BYTES));
  const algorithm = { name: "AES-GCM", iv, additionalData: new Uint8Array(associated) };
  const sealed = await crypto.subtle.encrypt(algorithm, wrapper, new Uint8Array(plain));
  return new Uint8Array(concat(iv, new Uint8Array(sealed)));
}

/** Null when it was sealed under another key or altered. */
export async function openUnder(
  wrapper: CryptoKey,
  associated: Uint8Array,
  sealed: Uint8Array,
): Promise<Uint8Array | null> {
  const iv = new Uint8Array(sealed.subarray(0, NONCE_BYTES));
  const algorithm = { name: "AES-GCM", iv, additionalData: new Uint8Array(associated) };
  try {
    const body = new Uint8Array(sealed.subarray(NONCE_BYTES));
    return new Uint8Array(await crypto.subtle.decrypt(algorithm, wrapper, body));
  } catch {
    return null;
  }
}
