/** The line of a chat in the list. */
import type { ChannelRow, EntryRow } from "../store/rows.ts";

export const PREVIEW_CODE_POINTS_MAX = 100;

/** One line, cut to `PREVIEW_CODE_POINTS_MAX`. */
export function previewOf(entry: EntryRow): ChannelRow["preview"] {
  // Cut in UTF-16 first: a text of 32 KB must not be split into an array for a hundred characters.
  const head = entry.text.slice(0, 4 * PREVIEW_CODE_POINTS_MAX).replaceAll(/\s+/gu, " ");
  return { text: Array.from(head).slice(0, PREVIEW_CODE_POINTS_MAX).join(""), own: entry.own };
}
