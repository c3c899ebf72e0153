import "fake-indexeddb/auto";
import { beforeEach, expect, test } from "vitest";

import { keyStore } from "../../../app/platform/key-store.ts";
import {
  openVaultKey,
  readVaultKey,
  readWrappedKey,
  VAULT_KEY_BYTES,
} from "../../../app/platform/vault-key.ts";
import { toHex } from "../../../crypto/base/hex.ts";

beforeEach(() => keyStore.erase());

async function opened(): Promise<Uint8Array> {
  const key = await openVaultKey();
  if (!key.ok) throw new Error(key.error.type);
  return key.value;
}

test("[AVK1] is made once, however many ask at once, and is the same ever after", async () => {
  expect(await readVaultKey()).toEqual({ ok: true, value: null });
  const keys = await Promise.all(Array.from({ length: 8 }, opened));
  expect(new Set(keys.map((key) => toHex(key))).size).toBe(1);
  expect(keys[0]).toHaveLength(VAULT_KEY_BYTES);
  expect(await readVaultKey()).toEqual({ ok: true, value: keys[0] });
});

test("[AVK2] what is stored holds no readable key, and the wrapper cannot be taken out", async () => {
  const key = await opened();
  const row = await readWrappedKey();
  expect(row?.wrapper.extractable).toBe(false);
  expect(toHex(row!.sealed)).not.toContain(toHex(key));
  await expect(crypto.subtle.exportKey("raw", row!.wrapper)).rejects.toThrow(/not extractable/u);
});

test("[AVK3] a wrapped key that was altered does not open", async () => {
  await opened();
  const row = await readWrappedKey();
  const sealed = Uint8Array.from(row!.sealed);
  sealed[20] = sealed[20]! ^ 1;
  await keyStore.write("keys", "dmk", { ...row, sealed });
  expect(await readVaultKey()).toEqual({ ok: false, error: { type: "KeyDamaged" } });
  await keyStore.write("keys", "dmk", "nonsense");
  expect(await openVaultKey()).toEqual({ ok: false, error: { type: "KeyDamaged" } });
});
