/**
 * A message and its edit, as they are signed. docs/protocol/messages.md, [MB3] to [MB8].
 *
 *     message  cbor [text, reply, mentions, attachments, whole, forwarded]
 *     edit     cbor [target, text, mentions, whole]
 *     reply    = [target, quote]      mention = [account, start, length]
 *
 * All after a message's text came later than the first version, which wrote `[text]`: what says
 * nothing is left out at the end, so a plain text has the same bytes as ever.
 */
import { assert } from "../../crypto/base/assert.ts";
import { ACCOUNT_ID_BYTES } from "../../crypto/identity/account.ts";
import {
  boolShape,
  bytesShape,
  grownShape,
  listShape,
  nullable,
  recordShape,
  ruled,
  type Shape,
  textUpTo,
  uintShape,
} from "../cbor-shape.ts";
import { ENTRY_BYTES_MAX } from "../wire/limits.ts";
import {
  type Attachment,
  ATTACHMENT_BYTES_MAX,
  ATTACHMENT_SHAPE,
  ATTACHMENTS_MAX,
  BLOB_SHAPE,
  type BlobRef,
} from "./blob-ref.ts";
import { type EntryRef, REF_SHAPE } from "./entry-ref.ts";
import { LATER_FIELDS_MAX } from "./later-fields.ts";
import { MENTIONS_MAX, plainMessage, QUOTE_CHARS_MAX } from "./plain-message.ts";
import { TEXT_BYTES_MAX } from "./text.ts";

const QUOTE_BYTES_MAX = 3 * QUOTE_CHARS_MAX;
/** UTF-16 units of the longest text. */
export const OFFSET_MAX = 200_000;

const MENTION_BYTES_MAX = ACCOUNT_ID_BYTES + 13;

assert(
  TEXT_BYTES_MAX +
    QUOTE_BYTES_MAX +
    MENTIONS_MAX * MENTION_BYTES_MAX +
    (ATTACHMENTS_MAX + 1) * ATTACHMENT_BYTES_MAX +
    4_096 <
    ENTRY_BYTES_MAX,
  "the largest message fits an entry, with its Core and what a newer app adds",
);

/** Somebody who is named in a text. Offsets count UTF-16 units of the whole text. */
export type Mention = {
  /** 32 bytes. */
  readonly account: Uint8Array;
  readonly start: number;
  readonly length: number;
};

export type Reply = {
  readonly target: EntryRef;
  /** The beginning of what is answered, as the answerer had it: for who does not hold it. */
  readonly quote: string;
};

/** What an edit replaces. */
export type Content = {
  /** At most TEXT_BYTES_MAX; "" only beside attachments. With `whole`: its beginning. */
  readonly text: string;
  /** As the author claims them: read them through `spansOf`. */
  readonly mentions: readonly Mention[];
  /** A text that is too long for an entry, in UTF-8. */
  readonly whole: BlobRef | null;
};

export type MessageBody = Content & {
  readonly reply: Reply | null;
  readonly attachments: readonly Attachment[];
  /** Written by somebody else before; the author says not by whom. */
  readonly forwarded: boolean;
};

export type EditBody = Content & { readonly target: EntryRef };

const MENTIONS: Shape<readonly Mention[]> = listShape(
  recordShape<Mention>({
    account: bytesShape(ACCOUNT_ID_BYTES),
    start: uintShape(OFFSET_MAX),
    length: uintShape(OFFSET_MAX, 1),
  }),
  MENTIONS_MAX,
);

const REPLY: Shape<Reply> = recordShape<Reply>(
  { target: REF_SHAPE, quote: textUpTo(QUOTE_BYTES_MAX) },
  LATER_FIELDS_MAX,
);

export const MESSAGE_SHAPE: Shape<MessageBody> = ruled(
  grownShape<MessageBody>(
    {
      text: textUpTo(TEXT_BYTES_MAX),
      reply: nullable(REPLY),
      mentions: MENTIONS,
      attachments: listShape(ATTACHMENT_SHAPE, ATTACHMENTS_MAX),
      whole: nullable(BLOB_SHAPE),
      forwarded: boolShape,
    },
    { reply: null, mentions: [], attachments: [], whole: null, forwarded: false },
    LATER_FIELDS_MAX,
  ),
  ({ text, attachments }) => text !== "" || attachments.length > 0,
);

export const EDIT_SHAPE: Shape<EditBody> = recordShape<EditBody>(
  {
    target: REF_SHAPE,
    text: textUpTo(TEXT_BYTES_MAX),
    mentions: MENTIONS,
    whole: nullable(BLOB_SHAPE),
  },
  LATER_FIELDS_MAX,
);

/** The message as somebody passes it on: nobody is answered or called by it. */
export const forwardOf = ({ text, attachments, whole }: MessageBody): MessageBody => ({
  ...plainMessage(text),
  attachments,
  whole,
  forwarded: true,
});
