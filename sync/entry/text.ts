/** What a text is made of: the bound of one inside its entry, and what would show nothing. [TX1] to [TX3]. */
import { INLINE_TEXT_BYTES_MAX } from "../wire/limits.ts";

/** UTF-8 bytes of a text that travels inside its entry. */
export const TEXT_BYTES_MAX = INLINE_TEXT_BYTES_MAX;

/** White space, format characters and fillers: a text of nothing else shows nothing. */
const BLANK = /^[\s\p{Cc}\p{Default_Ignorable_Code_Point}\u2800]*$/u;

/** Lone surrogates become U+FFFD and leading BOMs go: neither survives UTF-8 as it was. */
export const plainTextOf = (typed: string): string => typed.toWellFormed().replace(/^\uFEFF+/u, "");

/** Shows nothing? */
export const isBlank = (text: string): boolean => BLANK.test(text);
