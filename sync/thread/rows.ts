/**
 * How the tables hold what messages became. docs/protocol/messages.md, "Rows", says how they are read.
 *
 *     entries     fields of `MessageRow`, and on rows of ops those of `TargetKey`
 *                 index target [tb, ts, rank, h]
 *     aggregates  primary [c, a, s]
 *                 index timeline [c, h, b, s]
 *                 index pinned [c, pinned, h], index starred [starred, h]     absent = not in it
 *     expiry      primary n (generated), index at [at], index entry [c, a, s]
 */
import type { MessageBody } from "../entry/message-body.ts";
import { plainMessage } from "../entry/plain-message.ts";
import type { EntryRow } from "../store/rows.ts";
import type { Aggregate } from "./aggregate.ts";
import type { Expiry } from "./expiry.ts";

/** One for each message about which something was said: none for most. */
export type AggregateRow = Pick<EntryRow, "c" | "a" | "s" | "h" | "b"> & {
  readonly pinned?: 1;
  readonly starred?: 1;
  readonly aggregate: Aggregate;
};

export type ExpiryRow = Pick<EntryRow, "c" | "a" | "s"> & Expiry & { readonly n?: number };

/** What the row of a message holds of its body, so that a tab decodes nothing. */
export type MessageRow = Pick<EntryRow, "a" | "s" | "text" | "extra" | "erased">;

/** Null: erased. */
export function messageOf({ text, extra, erased }: MessageRow): MessageBody | null {
  if (erased === true) return null;
  return extra === undefined ? plainMessage(text) : { ...extra, text };
}

/** The fields of `MessageRow` for a body; null: it was erased. */
export function messageFields(
  body: MessageBody | null,
): Pick<MessageRow, "text" | "extra" | "erased"> {
  if (body === null) return { text: "", erased: true };
  const { text, ...extra } = body;
  return isPlain(body) ? { text } : { text, extra };
}

const isPlain = ({ reply, mentions, attachments, whole, forwarded }: MessageBody): boolean =>
  reply === null &&
  mentions.length === 0 &&
  attachments.length === 0 &&
  whole === null &&
  !forwarded;

/** `entry`: the message's own row. */
export function aggregateRowOf(
  { c, a, s, h, b }: Pick<EntryRow, "c" | "a" | "s" | "h" | "b">,
  aggregate: Aggregate,
): AggregateRow {
  return {
    c,
    a,
    s,
    h,
    b,
    aggregate,
    ...(aggregate.pin?.value === true ? { pinned: 1 } : {}),
    ...(aggregate.star?.value === true ? { starred: 1 } : {}),
  };
}
