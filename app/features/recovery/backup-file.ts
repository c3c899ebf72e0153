/**
 * Writing and reading backup files: the engine supplies and takes the pieces, age seals and opens them
 * here, and is loaded when it is asked for. [ABF1] A file is read to its end before anything of it is
 * taken: one that was cut or altered changes nothing. [ABF2] What is held of it is one piece. [ABF3] Whoever aborts
 * stops it: there is no file, or nothing more of it is taken.
 */
import type { BackupKey, BackupLock, BackupOpenError } from "../../../crypto/backup/backup.ts";
import { type PassphraseKey, SALT_BYTES } from "../../../crypto/backup/stretch.ts";
import { err, ok, type Result } from "../../../crypto/base/result.ts";
import type { BackupCursor } from "../../../sync/backup/export.ts";
import type { Frame, FramesBroken } from "../../../sync/backup/format.ts";
import type { ImportError } from "../../../sync/backup/import.ts";
import type { EngineFailure } from "../../engine/calls.ts";
import type { RemoteDevice } from "../../engine/remote-device.ts";
import type { FileSink } from "../../platform/save-file.ts";
import { StretchFailed } from "./worker-stretch.ts";

type Broken =
  /** The person aborted it. */
  | { readonly type: "Stopped" }
  /** Nothing could be made of the passphrase: that takes memory. */
  | { readonly type: "PassphraseNotTried" };

export type ExportError =
  | Broken
  | EngineFailure
  | { readonly type: "NotStarted" }
  /** This device has no key to seal a file to the words with. */
  | { readonly type: "NoBackupKey" }
  | { readonly type: "FileNotSaved" };

export type ReadError =
  | Broken
  | BackupOpenError
  | FramesBroken
  | ImportError
  | EngineFailure
  | { readonly type: "FileUnreadable" };

/** Of what there is to do, 0 to 1. */
type Progress = (share: number) => void;

/** `key` null: the words open it. Answers how many entries are in the file. */
export async function writeBackup(
  device: RemoteDevice,
  key: PassphraseKey | null,
  sink: FileSink,
  progress: Progress,
  signal: AbortSignal,
): Promise<Result<number, ExportError>> {
  const lock = await lockOf(device, key);
  if (!lock.ok) return lock;
  const { sealBackup } = await import("../../../crypto/backup/backup.ts");
  let failure: ExportError | null = null;
  let entries = 0;
  async function* content(): AsyncGenerator<Uint8Array> {
    let from: BackupCursor | null = null;
    do {
      const piece: Awaited<ReturnType<typeof read>> = await read(from);
      if (!piece.ok) {
        failure = piece.error;
        return;
      }
      const { bytes, next, done, total } = piece.value;
      progress(total === 0 ? 1 : done / total);
      entries = done;
      yield bytes;
      from = next;
    } while (from !== null);
  }
  const read = (from: BackupCursor | null) => device.call("backup", "read", from, key !== null);
  try {
    for await (const bytes of await sealBackup(content(), lock.value)) {
      if (signal.aborted) return err({ type: "Stopped" });
      sink.write(bytes);
    }
    if (failure !== null) return err(failure);
    sink.close();
  } catch (cause) {
    return err(brokenBy(cause, signal) ?? { type: "FileNotSaved" });
  }
  const noted = await device.call("backup", "written");
  return noted.ok ? ok(entries) : noted;
}

async function lockOf(
  device: RemoteDevice,
  key: PassphraseKey | null,
): Promise<Result<BackupLock, ExportError>> {
  if (key !== null) {
    const salt = crypto.getRandomValues(new Uint8Array(SALT_BYTES));
    return ok({ ...key, salt });
  }
  const ours = await device.call("backup", "key");
  if (!ours.ok) return ours;
  if (ours.value === null) return err({ type: "NoBackupKey" });
  const { backupRecipientOf } = await import("../../../crypto/backup/backup.ts");
  return ok({ recipient: await backupRecipientOf(ours.value) });
}

/** Null: it was something else. */
function brokenBy(cause: unknown, { aborted }: AbortSignal): Broken | null {
  if (aborted) return { type: "Stopped" };
  return cause instanceof StretchFailed ? { type: "PassphraseNotTried" } : null;
}

/** What opens the file, by its first line; null: it is none of ours. */
export async function lockKindOf(file: Blob): Promise<"passphrase" | "words" | null> {
  try {
    const text = await file.slice(0, HEAD_BYTES).text();
    const kind = /\n-> (?<kind>scrypt|X25519) /u.exec(text)?.groups?.["kind"];
    return kind === undefined ? null : kind === "scrypt" ? "passphrase" : "words";
  } catch {
    return null;
  }
}
const HEAD_BYTES = 512;

/** Both at once where a passphrase opens the file and the words the account. */
export type Keys = {
  readonly passphrase: PassphraseKey | null;
  readonly secret: Uint8Array | null;
};

/** Takes the file in. On a device without an account it gets that of the file. */
export async function readBackup(
  device: RemoteDevice,
  file: Blob,
  keys: Keys,
  progress: (share: number, isChecking: boolean) => void,
  signal: AbortSignal,
): Promise<Result<void, ReadError>> {
  const key = await keyOf(device, keys);
  if (!key.ok) return key;
  const pass = (isChecking: boolean, take: Take): Promise<Result<void, ReadError>> =>
    eachFrame(file, key.value, (share) => progress(share, isChecking), take, signal);
  const checked = await pass(true, () => Promise.resolve(ok(undefined)));
  if (!checked.ok) return checked;
  let isFirst = true;
  return pass(false, async (frame) => {
    if (!isFirst) return await device.call("backup", "take", frame);
    isFirst = false;
    const begun = await device.call("backup", "begin", frame, keys.secret);
    return begun.ok ? ok(undefined) : begun;
  });
}

type Take = (frame: Frame) => Promise<Result<void, ReadError>>;

async function keyOf(
  device: RemoteDevice,
  { passphrase, secret }: Keys,
): Promise<Result<BackupKey, ReadError>> {
  if (passphrase !== null) return ok(passphrase);
  if (secret === null) return err({ type: "BackupNeedsWords" });
  const seed = await device.call("backup", "seed", secret);
  if (!seed.ok) return seed;
  const { backupIdentityOf } = await import("../../../crypto/backup/backup.ts");
  return ok({ identity: await backupIdentityOf(seed.value) });
}

async function eachFrame(
  file: Blob,
  key: BackupKey,
  progress: Progress,
  take: Take,
  signal: AbortSignal,
): Promise<Result<void, ReadError>> {
  const { openBackup } = await import("../../../crypto/backup/backup.ts");
  const { framesOf } = await import("../../../sync/backup/format.ts");
  // What is read before the key is there is the file's first lines.
  let isOpen = false;
  let done = 0;
  const pieces = piecesOf(file, (share) => {
    done = share;
    if (isOpen) progress(done);
  });
  try {
    const opened = await openBackup(pieces, key);
    if (!opened.ok) return opened;
    isOpen = true;
    progress(done);
    for await (const frame of framesOf(opened.value)) {
      if (signal.aborted) return err({ type: "Stopped" });
      if (!frame.ok) return frame;
      const taken = await take(frame.value);
      if (!taken.ok) return taken;
    }
    return ok(undefined);
  } catch (cause) {
    return err(brokenBy(cause, signal) ?? { type: "FileUnreadable" });
  }
}

async function* piecesOf(file: Blob, progress: Progress): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < file.size; at += PIECE_BYTES) {
    yield new Uint8Array(await file.slice(at, at + PIECE_BYTES).arrayBuffer());
    progress(Math.min(1, (at + PIECE_BYTES) / file.size));
  }
}
const PIECE_BYTES = 256 * 1_024;
