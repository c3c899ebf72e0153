/**
 * The word list is loaded when somebody asks for it: 12 KB that nobody needs from day to day
 * (docs/decisions/0016-recovery-capsule-backup-and-blobs.md).
 */
import { unreachable } from "../../../crypto/base/assert.ts";
import type { Result } from "../../../crypto/base/result.ts";
import type { WordsError } from "../../../crypto/recovery/words.ts";
import { texts } from "../../text/speech.ts";

export async function wordsFor(secret: Uint8Array): Promise<readonly string[]> {
  const { wordsOf } = await import("../../../crypto/recovery/words.ts");
  return wordsOf(secret);
}

export async function secretFor(text: string): Promise<Result<Uint8Array, WordsError>> {
  const { parseWords } = await import("../../../crypto/recovery/words.ts");
  return parseWords(text);
}

/** What is wrong with typed words, and which. */
export function wordsErrorText(error: WordsError): string {
  const words = texts().recovery.wordsErrors;
  switch (error.type) {
    case "WordsTooLong":
      return words.tooLong;
    case "WordsCount":
      return words.count(error.words, error.expected);
    case "WordsChecksum":
      return words.checksum;
    case "WordsUnknown":
      return error.unknown
        .map(({ position, nearest }) =>
          nearest.length === 0
            ? words.unknown(position)
            : `${words.unknown(position)} ${words.nearest(nearest.join(words.or))}`,
        )
        .join(" ");
    default:
      return unreachable(error);
  }
}
