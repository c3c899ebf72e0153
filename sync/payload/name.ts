/**
 * A person's name, made harmless: whatever they call themselves cannot turn the text around it, take
 * more than one line or show nothing. docs/protocol/sync.md, [NM1] to [NM3].
 */
import { err, ok, type Result } from "../../crypto/base/result.ts";
import { NAME_CHARS_MAX } from "./limits.ts";

export type NameError =
  | { readonly type: "NameEmpty" }
  | { readonly type: "NameTooLong"; readonly limit: number };

/** Controls, bidi controls, zero-width space and joiner of words, BOM, interlinear marks. */
const INVISIBLE = /[\p{Cc}\u061C\u200B\u200E\u200F\u2028-\u202E\u2060-\u206F\uFEFF\uFFF9-\uFFFB]/gu;
/** Joiners stay (emoji, Persian), but a name of nothing else than these shows nothing. */
const BLANK = /^[\s\p{Default_Ignorable_Code_Point}\u2800]*$/u;

/**
 * NFC, white space collapsed and trimmed, invisible controls left out, lone surrogates U+FFFD.
 * Cleaning twice changes nothing. The limit counts code points.
 */
export function cleanName(typed: string): Result<string, NameError> {
  const name = typed
    .toWellFormed()
    .replaceAll(/[\t\n\r\u2028\u2029]/gu, " ")
    .replaceAll(INVISIBLE, "")
    .normalize("NFC")
    .replaceAll(/\s+/gu, " ")
    .trim();
  if (BLANK.test(name)) return err({ type: "NameEmpty" });
  const chars = Array.from(name).length;
  return chars > NAME_CHARS_MAX ? err({ type: "NameTooLong", limit: NAME_CHARS_MAX }) : ok(name);
}
