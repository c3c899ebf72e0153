/**
 * What our devices tell each other once the recovery words were written down: from then on none of them
 * keeps the secret. In the account channel alone. docs/protocol/recovery.md, [RV3].
 *
 *     cbor [backupKey]
 *
 * | field     | meaning                                                                       |
 * | --------- | ----------------------------------------------------------------------------- |
 * | backupKey | 32 bytes, crypto/backup/backup-key.ts: seals backup files that the words open |
 */
import { BACKUP_KEY_BYTES } from "../../crypto/backup/backup-key.ts";
import { bytesShape, recordShape, type Shape } from "../cbor-shape.ts";
import { LATER_FIELDS_MAX } from "./later-fields.ts";

export type WordsNote = { readonly backupKey: Uint8Array };

export const WORDS_NOTE_SHAPE: Shape<WordsNote> = recordShape<WordsNote>(
  { backupKey: bytesShape(BACKUP_KEY_BYTES) },
  LATER_FIELDS_MAX,
);
