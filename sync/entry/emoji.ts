/**
 * What may be a reaction: one emoji by the syntax of Unicode UTS #51, section 1.4.9 ("possible
 * emoji"). docs/protocol/messages.md, [MB9].
 *
 * All devices must agree on it, so it asks no Unicode tables of the engine, which differ by version:
 * pictographs are blocks, written down here, that hold all of today's and the room left for later ones.
 */
import { utf8 } from "../../crypto/base/bytes.ts";

/** The longest in use, a couple with two skin tones, has 35. */
export const EMOJI_BYTES_MAX = 64;

const PICTOGRAPH =
  "[\\u00A9\\u00AE\\u203C\\u2049\\u2122\\u2139\\u2190-\\u21FF\\u2300-\\u23FF\\u24C2\\u25A0-\\u27BF" +
  "\\u2900-\\u297F\\u2B00-\\u2BFF\\u3030\\u303D\\u3297\\u3299\\u{1F000}-\\u{1F1E5}" +
  "\\u{1F200}-\\u{1FAFF}\\u{1FC00}-\\u{1FFFD}]";
const SKIN_TONE = "[\\u{1F3FB}-\\u{1F3FF}]";
const TAGS = "[\\u{E0020}-\\u{E007E}]{1,32}\\u{E007F}";
const FLAG = "[\\u{1F1E6}-\\u{1F1FF}]{2}";
const KEYCAP = "[0-9#*]\\uFE0F?\\u20E3";
const ELEMENT = `(?:${FLAG}|${PICTOGRAPH}(?:${SKIN_TONE}|\\uFE0F|${TAGS})?)`;
const EMOJI = new RegExp(`^(?:${KEYCAP}|${ELEMENT}(?:\\u200D${ELEMENT}){0,9})$`, "u");

/** One emoji of at most EMOJI_BYTES_MAX bytes of UTF-8. The same answer on every device, for ever. */
export const isEmoji = (text: string): boolean =>
  text.length <= EMOJI_BYTES_MAX && utf8(text).length <= EMOJI_BYTES_MAX && EMOJI.test(text);
