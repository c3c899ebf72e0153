import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";

import { ready } from "../../../crypto/base/sodium.ts";
import { sodiumAead, subKeysOf } from "../../../crypto/vault/sub-keys.ts";
import { nonceSourceOf, openRecord, sealRecord } from "../../../crypto/vault/vault.ts";
import { readerVaultOf } from "../../../sync/store/reader-vault.ts";

beforeAll(() => ready);

test("[SL5] a tab derives the very keys that the engine derives, and no others", () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), (dmk) => {
      const { entries, settings } = subKeysOf(dmk);
      expect(readerVaultOf(dmk).keys).toEqual({ entries, settings });
    }),
  );
});

test("[SL5] libsodium and the tab's cipher open each other's records", () => {
  const { aead, keys } = readerVaultOf(new Uint8Array(32));
  const nonces = nonceSourceOf((bytes) => crypto.getRandomValues(new Uint8Array(bytes)));
  const place = { table: "entries", key: Uint8Array.of(1) };
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (plaintext) => {
      const bySodium = sealRecord(sodiumAead, keys.entries!, place, plaintext, nonces);
      const byNoble = sealRecord(aead, keys.entries!, place, plaintext, nonces);
      expect(openRecord(aead, keys.entries!, place, bySodium)).toEqual({
        ok: true,
        value: plaintext,
      });
      expect(openRecord(sodiumAead, keys.entries!, place, byNoble)).toMatchObject({ ok: true });
    }),
  );
});
