/**
 * Beginnings of the unsent texts, for the list of chats. Read from disk when the list is first shown,
 * after its rows, and followed from then on. [ADL1] The chat that is open has no draft in the list:
 * its text stands in the composer.
 */
import { useSyncExternalStore } from "react";

import { followDrafts, readDraft } from "../../platform/drafts.ts";

/** More does not fit in a line. */
const LINE_CHARS_MAX = 200;

const lines = new Map<number, string>();
const listeners = new Set<() => void>();
let unfollow: (() => void) | undefined;
/** One after the other: what was read last is what was written last. */
let reading: Promise<void> = Promise.resolve();

/** Empty: none. */
export const useDraftLine = (c: number, isOpen: boolean): string =>
  useSyncExternalStore(listen, () => (isOpen ? "" : (lines.get(c) ?? "")));

function listen(listener: () => void): () => void {
  listeners.add(listener);
  unfollow ??= followDrafts((c) => {
    reading = reading.then(() => read(c));
  });
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    unfollow?.();
    unfollow = undefined;
    lines.clear();
  };
}

async function read(c: number): Promise<void> {
  const line = (await readDraft(c)).trim().slice(0, LINE_CHARS_MAX);
  if (unfollow === undefined || line === (lines.get(c) ?? "")) return;
  if (line === "") lines.delete(c);
  else lines.set(c, line);
  for (const listener of listeners) listener();
}
