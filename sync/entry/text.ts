/**
 * What may be written: the one check of a message's text before it is signed.
 * docs/protocol/sync.md, [TX1] to [TX3].
 */
import { utf8 } from "../../crypto/base/bytes.ts";
import { err, ok, type Result } from "../../crypto/base/result.ts";
import { INLINE_TEXT_BYTES_MAX } from "../wire/limits.ts";

/** UTF-8 bytes of a text, after `checkText`. */
export const TEXT_BYTES_MAX = INLINE_TEXT_BYTES_MAX;

export type TextError =
  | { readonly type: "TextEmpty" }
  | { readonly type: "TextTooLong"; readonly bytes: number; readonly limit: number };

/** Well formed, as it will be signed, and its length in UTF-8 bytes. */
export type CheckedText = { readonly text: string; readonly bytes: number };

/** White space, format characters and fillers: a text of nothing else shows nothing. */
const BLANK = /^[\s\p{Cc}\p{Default_Ignorable_Code_Point}\u2800]*$/u;

/** Lone surrogates become U+FFFD and leading BOMs go: neither survives UTF-8 as it was. */
export const plainTextOf = (typed: string): string => typed.toWellFormed().replace(/^\uFEFF+/u, "");

/** Shows nothing? */
export const isBlank = (text: string): boolean => BLANK.test(text);

export function checkText(typed: string): Result<CheckedText, TextError> {
  const text = plainTextOf(typed);
  const bytes = utf8(text).length;
  if (bytes > TEXT_BYTES_MAX) return err({ type: "TextTooLong", bytes, limit: TEXT_BYTES_MAX });
  return isBlank(text) ? err({ type: "TextEmpty" }) : ok({ text, bytes });
}
