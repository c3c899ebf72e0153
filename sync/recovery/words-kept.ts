/**
 * The recovery words were written down: this device erases the secret that they stand for, and a note in
 * the account channel has the others do the same. What they need from then on stays: the keys of the
 * capsule, and the public half of the key that backup files are sealed to. docs/protocol/recovery.md,
 * rules [RV3] and [RV4].
 */
import { backupKeyOf } from "../../crypto/backup/backup-key.ts";
import type { Hex } from "../../crypto/base/hex.ts";
import type { Random } from "../../crypto/base/random.ts";
import { capsuleOf, readSelf, type Self, writeSelf } from "../account/self.ts";
import { append } from "../channel/append.ts";
import { openAccountChannel } from "../channel/channels.ts";
import type { WordsNote } from "../entry/words-note.ts";
import type { OpenContext } from "../receive/open-context.ts";
import type { EntryRow } from "../store/rows.ts";
import type { ReadTx, WriteTx } from "../store/store.ts";

const BACKUP_KEY = "backupKey";

/** Null: the secret is still kept, or its erasing was not heard of here yet. */
export async function readBackupKey(tx: ReadTx): Promise<Uint8Array | null> {
  const row = await tx.get("meta", BACKUP_KEY);
  return row?.v instanceof Uint8Array ? row.v : null;
}

export const keepBackupKey = async (tx: WriteTx, key: Uint8Array): Promise<void> => {
  await tx.put("meta", { k: BACKUP_KEY, v: key });
};

/** Without the secret from here on. Answers `self` as it was when it has none. */
export async function eraseSecret(tx: WriteTx, self: Self, backupKey: Uint8Array): Promise<Self> {
  await keepBackupKey(tx, backupKey);
  if (self.recoverySecret === null) return self;
  const erased: Self = { ...self, capsule: capsuleOf(self), recoverySecret: null };
  await writeSelf(tx, erased);
  return erased;
}

type NoteContext = { readonly self: Self; readonly nowMs: number; readonly random: Random };

/** The person has the words: said once, by the device on which they showed it. */
export async function noteWordsKept(tx: WriteTx, context: NoteContext): Promise<Self> {
  const { self } = context;
  if (self.recoverySecret === null) return self;
  const backupKey = backupKeyOf(self.recoverySecret);
  const channel = await openAccountChannel(tx, self);
  await append(tx, { ...context, channel }, { type: "wordsKept", backupKey });
  return eraseSecret(tx, self, backupKey);
}

/** Name of the meta row: whose word it was that had this device forget the secret. */
export const WORDS_KEPT_BY = "wordsKeptBy";
/** `device`: id (hex16). `atMs`: when it came. */
export type WordsKeptBy = { readonly device: Hex; readonly atMs: number };

/** Another device of ours says so; the person is told which, for it may have been stolen. */
export async function takeWordsNote(
  tx: WriteTx,
  { self, nowMs, effects }: Pick<OpenContext, "self" | "nowMs" | "effects">,
  { a }: Pick<EntryRow, "a">,
  { backupKey }: WordsNote,
): Promise<void> {
  // Another note of the same batch may have changed it.
  const now = (await readSelf(tx)) ?? self;
  const log = await tx.get("logs", a);
  if (now.recoverySecret !== null && log !== undefined) {
    const v: WordsKeptBy = { device: log.device, atMs: nowMs };
    await tx.put("meta", { k: WORDS_KEPT_BY, v });
  }
  // What we can work out ourselves is not taken from anybody.
  const key = now.recoverySecret === null ? backupKey : backupKeyOf(now.recoverySecret);
  const erased = await eraseSecret(tx, now, key);
  if (erased !== now) effects.selfChanged(erased);
}
