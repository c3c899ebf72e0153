/**
 * A message on one line: in the list of chats, above an answer, in a notification.
 * docs/protocol/messages.md, [MO34] and [MO35].
 */
import type { Reply } from "../entry/message-body.ts";
import { QUOTE_CHARS_MAX } from "../entry/plain-message.ts";
import type { MessageView } from "./view.ts";

export type Summary =
  | { readonly type: "text"; readonly text: string }
  /** Without words: tell what it brings. */
  | { readonly type: "attachments"; readonly count: number }
  | { readonly type: "deleted" }
  | { readonly type: "missing" };

export function summaryOf(view: MessageView): Summary {
  if (view.state !== "here") return { type: view.state };
  return view.text === "" && view.attachments.length > 0
    ? { type: "attachments", count: view.attachments.length }
    : { type: "text", text: oneLine(view.text) };
}

/**
 * What stands above an answer. `target`: what is answered, if it is here; then its present words
 * count, and a quotation does not bring back what was deleted.
 */
export const quoted = ({ quote }: Reply, target: MessageView | undefined): Summary =>
  target === undefined || target.state === "missing"
    ? { type: "text", text: oneLine(quote) }
    : summaryOf(target);

/** White space becomes spaces; at most QUOTE_CHARS_MAX UTF-16 units, cut between characters. */
export function oneLine(text: string): string {
  // Cut before it is searched: a long text is not read for the sake of one line.
  const line = text
    .slice(0, 4 * QUOTE_CHARS_MAX)
    .replaceAll(/\s+/gu, " ")
    .trim();
  const head = line.slice(0, QUOTE_CHARS_MAX);
  return head.isWellFormed() ? head : head.slice(0, -1);
}
