/**
 * The account's age key (X25519), and its public half, which devices keep after they have erased the
 * recovery secret: with it they seal backup files that the words open. Secret all the same, see
 * backup.ts. It needs nothing of the age package. Rule [BK1] of docs/protocol/crypto.md.
 */
import { assert } from "../base/assert.ts";
import { wipe } from "../base/bytes.ts";
import { makeDhKeyPair } from "../dh.ts";
import { RECOVERY_SECRET_BYTES } from "../identity/recovery-secret.ts";
import { kdf32 } from "../kdf.ts";

export const BACKUP_KEY_BYTES = 32;

/** The secret half, 32 bytes: who opens a file with the words asks for it, and wipes it. */
export function backupSeedOf(recoverySecret: Uint8Array): Uint8Array {
  assert(recoverySecret.length === RECOVERY_SECRET_BYTES, "recovery secret length");
  return kdf32(recoverySecret, "backup");
}

export function backupKeyOf(recoverySecret: Uint8Array): Uint8Array {
  const { publicKey, secretKey } = makeDhKeyPair(() => backupSeedOf(recoverySecret));
  wipe(secretKey);
  return publicKey;
}
