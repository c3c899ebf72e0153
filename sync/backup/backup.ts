/**
 * The account and its history as a file, and back. What is sealed to whom, and the reading and writing of
 * the file, are the tab's (crypto/backup/backup.ts is loaded there, when asked for); here are the pieces.
 * docs/protocol/recovery.md.
 */
import { backupKeyOf, backupSeedOf } from "../../crypto/backup/backup-key.ts";
import { concat } from "../../crypto/base/bytes.ts";
import { err, ok, type Result } from "../../crypto/base/result.ts";
import { CONTENT_TABLES } from "../recovery/content.ts";
import { readBackupKey } from "../recovery/words-kept.ts";
import {
  accountFrame,
  BACKUP_START,
  type BackupCursor,
  type BackupPiece,
  nextPiece,
} from "./export.ts";
import { FRAME, type Frame } from "./format.ts";
import { beginImport, type ImportDeps, type ImportError, importFrame } from "./import.ts";

/** Name of the meta row that says when this device wrote its newest file: milliseconds since 1970. */
const BACKED_UP = "backedUpAtMs";

type NotStarted = { readonly type: "NotStarted" };

/** Each is answered once; a tab may call them all. */
export type Backup = {
  /**
   * Public half of the key that the words stand for, for a file that they open: 32 bytes. Null: the note
   * that tells it has not come here yet.
   */
  readonly key: () => Promise<Result<Uint8Array | null, NotStarted>>;
  /** Secret half of that key, of words that were typed: 32 bytes, for who opens a file with it. */
  readonly seed: (secret: Uint8Array) => Promise<Result<Uint8Array, never>>;
  /** `from` null: the first piece. `hasSecret`: the file is under a passphrase. */
  readonly read: (
    from: BackupCursor | null,
    hasSecret: boolean,
  ) => Promise<Result<BackupPiece, NotStarted>>;
  /** The file is written, as far as the browser says. */
  readonly written: () => Promise<Result<void, NotStarted>>;
  /** The file's first frame. `secret`: of the words, where the file alone is not enough. */
  readonly begin: (
    frame: Frame,
    secret: Uint8Array | null,
  ) => Promise<Result<{ readonly isNew: boolean }, ImportError>>;
  /** Every other frame, in order. */
  readonly take: (frame: Frame) => Promise<Result<void, ImportError>>;
};

export function openBackups(deps: ImportDeps): Backup {
  let voucher: Uint8Array | undefined;
  /** A voucher is of the frame that comes next; of files that two tabs read at once it may be of none. */
  const take = (frame: Frame): ReturnType<Backup["take"]> => {
    const before = voucher;
    voucher = frame.type === FRAME.voucher ? frame.bytes : undefined;
    return importFrame(deps, frame, before);
  };
  return {
    key: () => readKey(deps),
    seed: async (secret) => ok(backupSeedOf(secret)),
    read: (from, hasSecret) => readPiece(deps, from, hasSecret),
    written: () => noteWritten(deps),
    begin: (frame, secret) => beginImport(deps, frame, secret),
    take,
  };
}

async function readKey({ store, self }: ImportDeps): ReturnType<Backup["key"]> {
  const us = self();
  if (us === undefined) return err({ type: "NotStarted" });
  if (us.recoverySecret !== null) return ok(backupKeyOf(us.recoverySecret));
  return ok(await store.read(["meta"], readBackupKey));
}

async function readPiece(
  deps: ImportDeps,
  from: BackupCursor | null,
  hasSecret: boolean,
): ReturnType<Backup["read"]> {
  const self = deps.self();
  if (self === undefined) return err({ type: "NotStarted" });
  const { lane, store, timers, random, effects } = deps;
  if (from !== null) return ok(await nextPiece({ store, random, self }, from));
  const first = await lane.run(() =>
    store.write(CONTENT_TABLES, (tx) =>
      accountFrame(tx, self, { nowMs: timers.now(), random, effects }, hasSecret),
    ),
  );
  const piece = await nextPiece({ store, random, self }, BACKUP_START);
  return ok({ ...piece, bytes: concat(first, piece.bytes) });
}

async function noteWritten({
  lane,
  store,
  timers,
  self,
}: ImportDeps): ReturnType<Backup["written"]> {
  if (self() === undefined) return err({ type: "NotStarted" });
  const v = timers.now();
  await lane.run(() => store.write(["meta"], (tx) => tx.put("meta", { k: BACKED_UP, v })));
  return ok(undefined);
}
