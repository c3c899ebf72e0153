import { sodiumAead, subKeysOf } from "../../../crypto/vault/sub-keys.ts";
import { nonceSourceOf } from "../../../crypto/vault/vault.ts";
import type { RowVault } from "../../../sync/store/row-vault.ts";

export const dmkOf = (fill: number): Uint8Array => new Uint8Array(32).fill(fill);

/** As the engine has it. Await `ready` of crypto/base/sodium.ts first. */
export function engineVault(dmk = dmkOf(7)): RowVault {
  return {
    aead: sodiumAead,
    keys: subKeysOf(dmk),
    nonces: nonceSourceOf((bytes) => crypto.getRandomValues(new Uint8Array(bytes))),
  };
}
