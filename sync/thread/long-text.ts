/**
 * The one measure of a message's text, for who writes it and for who gets it. What does not fit an
 * entry travels as a blob, and its beginning inside the entry. docs/protocol/messages.md, [MO26] to
 * [MO28].
 */
import { fromUtf8, utf8 } from "../../crypto/base/bytes.ts";
import { err, ok, type Result } from "../../crypto/base/result.ts";
import { isPlainText } from "../cbor.ts";
import { isBlank, plainTextOf, TEXT_BYTES_MAX } from "../entry/text.ts";
import { countCharacters, TEXT_CODE_POINTS_MAX } from "./text-length.ts";

/** Shown before the blob is here. */
export const BEGINNING_CODE_POINTS = 1_000;
export const WHOLE_BYTES_MAX = 4 * TEXT_CODE_POINTS_MAX;

export type LongTextError =
  | { readonly type: "TextEmpty" }
  | { readonly type: "TextTooManyCharacters"; readonly characters: number; readonly limit: number };
/** Not a text, or not the one that begins as its message does. */
export type WholeTextError = LongTextError | { readonly type: "TextOther" };

export type LongText = {
  /** What goes into the entry: all of it, or its beginning. */
  readonly text: string;
  /** UTF-8 of all of it, when that does not fit. */
  readonly whole: Uint8Array | null;
};

/** What a composer may send of what was typed. */
export function checkLongText(typed: string): Result<LongText, LongTextError> {
  const text = plainTextOf(typed);
  const bad = faultOf(text);
  if (bad !== undefined) return err(bad);
  const bytes = utf8(text);
  if (bytes.length <= TEXT_BYTES_MAX) return ok({ text, whole: null });
  return ok({ text: beginningOf(text), whole: bytes });
}

/** What a blob says, if it can be the rest of a message that has `beginning` in its entry. */
export function openWhole(beginning: string, bytes: Uint8Array): Result<string, WholeTextError> {
  if (bytes.length > WHOLE_BYTES_MAX) {
    // At least: none has more than four bytes.
    const characters = Math.ceil(bytes.length / 4);
    return err({ type: "TextTooManyCharacters", characters, limit: TEXT_CODE_POINTS_MAX });
  }
  const text = fromUtf8(bytes);
  if (!text.ok || !isPlainText(text.value) || !text.value.startsWith(beginning)) {
    return err({ type: "TextOther" });
  }
  const bad = faultOf(text.value);
  return bad === undefined ? text : err(bad);
}

function faultOf(text: string): LongTextError | undefined {
  const characters = countCharacters(text);
  if (characters > TEXT_CODE_POINTS_MAX) {
    return { type: "TextTooManyCharacters", characters, limit: TEXT_CODE_POINTS_MAX };
  }
  return isBlank(text) ? { type: "TextEmpty" } : undefined;
}

/** Cut between code points. */
function beginningOf(text: string): string {
  const head = text.slice(0, 2 * BEGINNING_CODE_POINTS);
  return Array.from(head).slice(0, BEGINNING_CODE_POINTS).join("");
}
