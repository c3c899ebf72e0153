/** What a screen needs to know of a message's body without reading its bytes (message-body.ts). */
import type { MessageBody } from "./message-body.ts";

/** UTF-16 units of a quotation; composers cut it, readers refuse what is longer. */
export const QUOTE_CHARS_MAX = 200;

/** People whom one message names. */
export const MENTIONS_MAX = 64;

/** A message of text alone; everything else is added to it. */
export const plainMessage = (text: string): MessageBody => ({
  text,
  reply: null,
  mentions: [],
  attachments: [],
  whole: null,
  forwarded: false,
});
