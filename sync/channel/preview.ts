/** The line of a chat in the list: what its newest message says now. */
import { KINDS } from "../entry/kinds.ts";
import type { EntryRow, Preview } from "../store/rows.ts";
import type { Aggregate } from "../thread/aggregate.ts";
import { messageOf } from "../thread/rows.ts";
import { summaryOf } from "../thread/summary.ts";
import { UNTOUCHED } from "../thread/untouched.ts";
import { viewOf } from "../thread/view.ts";

export const PREVIEW_CODE_POINTS_MAX = 100;

/** One line, cut to `PREVIEW_CODE_POINTS_MAX`. `aggregate`: what was said about it. */
export function previewOf(entry: EntryRow, aggregate: Aggregate = UNTOUCHED): Preview {
  const { a, s, own, kind } = entry;
  const preview = { text: "", own, at: [a, s] } as const;
  const view = kind === KINDS.message.number ? viewOf(messageOf(entry), aggregate, "") : null;
  // Without words of its own, or of a later kind, which needs a newer app.
  if (view === null) return preview;
  const summary = summaryOf(view);
  if (summary.type !== "text") return { ...preview, instead: summary.type };
  return { ...preview, text: firstOf(summary.text) };
}

const firstOf = (text: string): string =>
  Array.from(text).slice(0, PREVIEW_CODE_POINTS_MAX).join("");
