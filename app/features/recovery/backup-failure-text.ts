/** Every way that writing or reading a backup can fail, in words with a way out. */
import { unreachable } from "../../../crypto/base/assert.ts";
import { failureText } from "../../text/failure-text.ts";
import { texts } from "../../text/speech.ts";
import type { ExportError, ReadError } from "./backup-file.ts";

/** `isByWords`: what was used to open the file. Nothing is said of what the person stopped. */
export function backupFailureText(error: ReadError | ExportError, isByWords = false): string {
  const { errors } = texts().recovery;
  switch (error.type) {
    case "BackupNotAge":
      return errors.notAge;
    case "BackupAgeUnknown":
      return errors.ageUnknown;
    case "BackupLocked":
      return isByWords ? errors.lockedWords : errors.locked;
    case "BackupForeign":
      return errors.foreign;
    case "BackupVersionUnknown":
      return errors.version;
    case "BackupDamaged":
    case "BackupMalformed":
      return errors.damaged;
    case "BackupOtherAccount":
      return isByWords ? errors.otherWords : errors.otherAccount;
    case "BackupNeedsWords":
      return errors.needsWords;
    case "FileUnreadable":
      return errors.fileUnreadable;
    case "FileNotSaved":
      return errors.notSaved;
    case "PassphraseNotTried":
      return errors.notTried;
    case "Stopped":
      return "";
    case "NoBackupKey":
      return errors.noKey;
    case "EngineBusy":
    case "EngineGone":
    case "NotStarted":
    case "StorageFailed":
    case "StorageFull":
      return failureText(error);
    default:
      return unreachable(error);
  }
}
