/**
 * Who is named in a text, and where. What an author claims is checked against the text here, so a bad
 * claim costs its mention and never the message. docs/protocol/messages.md, [MO20] and [MO21].
 */
import { equalBytes } from "../../crypto/base/bytes.ts";
import type { Mention } from "../entry/message-body.ts";

/** A piece of the text. `account`: null, or who is meant by it: show the name that you know. */
export type Span = { readonly text: string; readonly account: Uint8Array | null };

/** The pieces in their order; together they are the text. An empty text has none. */
export function spansOf(text: string, mentions: readonly Mention[]): readonly Span[] {
  const spans: Span[] = [];
  let at = 0;
  for (const { start, length, account } of mentionsIn(text, mentions)) {
    if (start > at) spans.push({ text: text.slice(at, start), account: null });
    at = start + length;
    spans.push({ text: text.slice(start, at), account });
  }
  if (at < text.length) spans.push({ text: text.slice(at), account: null });
  return spans;
}

/** Those that lie within the text, split no character and overlap with none before; by start. */
export function mentionsIn(text: string, mentions: readonly Mention[]): readonly Mention[] {
  const kept: Mention[] = [];
  let end = 0;
  for (const mention of mentions.toSorted((a, b) => a.start - b.start || a.length - b.length)) {
    const { start, length } = mention;
    if (start < end || start + length > text.length) continue;
    if (splitsPair(text, start) || splitsPair(text, start + length)) continue;
    kept.push(mention);
    end = start + length;
  }
  return kept;
}

export const isMentioned = (
  text: string,
  mentions: readonly Mention[],
  account: Uint8Array,
): boolean => mentionsIn(text, mentions).some((it) => equalBytes(it.account, account));

/** Between the two halves of one character beyond U+FFFF? */
const splitsPair = (text: string, at: number): boolean =>
  at > 0 && (text.codePointAt(at - 1) ?? 0) > 0xffff;
