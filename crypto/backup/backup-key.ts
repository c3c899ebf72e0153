/**
 * The public half of the account's age key (X25519), which devices keep after they have erased the
 * recovery secret: with it they seal backup files that the words open. Secret all the same, see
 * backup.ts. It needs nothing of the age package. Rule [BK1] of docs/protocol/crypto.md.
 */
import { assert } from "../base/assert.ts";
import { wipe } from "../base/bytes.ts";
import { makeDhKeyPair } from "../dh.ts";
import { RECOVERY_SECRET_BYTES } from "../identity/account.ts";
import { kdf32 } from "../kdf.ts";

export const BACKUP_KEY_BYTES = 32;

export function backupKeyOf(recoverySecret: Uint8Array): Uint8Array {
  assert(recoverySecret.length === RECOVERY_SECRET_BYTES, "recovery secret length");
  const { publicKey, secretKey } = makeDhKeyPair(() => kdf32(recoverySecret, "backup"));
  wipe(secretKey);
  return publicKey;
}
