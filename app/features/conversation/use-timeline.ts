/**
 * The part of a chat that is in the document: a window of at most WINDOW_MAX messages that slides
 * over the history (docs/decisions/0047-a-windowed-log.md). Real nodes, so that find-in-page,
 * selection and screen readers work; few, so that the length of the history does not matter.
 *
 * [AWL1] While it follows the newest end, what arrives appears. [AWL2] Away from it the window
 * stands still: nothing that is being read moves. [AWL3] Never more than
 * WINDOW_MAX messages. [AWL4] What one is led to stays there when the window goes on.
 */
import { useCallback, useRef, useState } from "react";

import type { EntryRow } from "../../../sync/store/rows.ts";
import { type Lines, readLines } from "../../db/lines.ts";
import { type Looks, readLooks } from "../../db/looks.ts";
import type { Db } from "../../db/tables.ts";
import { type Place, placeAfter, placeOf, timeline } from "../../db/timeline.ts";
import { useSession } from "../../session/session.ts";
import { useRows } from "../../ui/use-rows.ts";

/** Fills most screens with what can be read at once: every row of it is paid for before the paint. */
export const WINDOW_FIRST = 30;
export const WINDOW_STEP = 60;
export const WINDOW_MAX = 240;
/** Some read messages stay in view above the first new one. */
const CONTEXT_ROWS = 20;

/** `upTo` null: follows the newest end. `jump` counts the jumps to it. */
export type Window = {
  readonly upTo: Place | null;
  readonly count: number;
  readonly jump: number;
};

/** Rows, oldest first, what became of them, and the window that they fill: all change at once. */
export type Shown = {
  readonly rows: readonly EntryRow[];
  readonly looks: Looks;
  readonly lines: Lines;
  readonly window: Window;
};

/** `self`: our account. */
export async function readShown(db: Db, c: number, window: Window, self: string): Promise<Shown> {
  const rows = await timeline(db, c, window);
  const [looks, lines] = await Promise.all([readLooks(db, c, rows, self), readLines(db, rows)]);
  return { rows, looks, lines, window };
}

export type Timeline = {
  readonly shown: Shown;
  readonly older: () => void;
  readonly later: () => void;
  /** Stand still where the window is. */
  readonly freeze: () => void;
  readonly toLatest: () => void;
  /** A window around a place, with as much after it as before. */
  readonly toPlace: (place: Place) => void;
};

/** A chat opens at its newest end. */
export const firstWindow = (unread: number): Window => ({
  upTo: null,
  count: Math.min(Math.max(unread + CONTEXT_ROWS, WINDOW_FIRST), WINDOW_MAX),
  jump: 0,
});

/** `first`: the rows of `firstWindow`. */
export function useTimeline(c: number, first: Shown): Timeline {
  const { db, me } = useSession();
  const { account } = me;
  const [window, setWindow] = useState(first.window);
  const asking = useRef<Window>(undefined);
  const read = useCallback(() => readShown(db, c, window, account), [db, c, window, account]);
  const shown = useRows(read, first) ?? first;

  /** What was seen in one window is never applied to the next. */
  const change = useCallback(
    (from: Window, to: (rows: readonly EntryRow[]) => Window) => {
      setWindow((now) => (now === from && shown.window === from ? to(shown.rows) : now));
    },
    [shown],
  );

  const older = useCallback(
    () => change(window, (rows) => olderWindow(window, rows)),
    [change, window],
  );
  const freeze = useCallback(
    () => change(window, (rows) => frozenWindow(window, rows)),
    [change, window],
  );
  const later = useCallback(() => {
    // Where the scroller stands says nothing of a window that is not shown yet.
    if (window.upTo === null || asking.current === window || shown.window !== window) return;
    asking.current = window;
    void placeAfter(db, c, window.upTo, WINDOW_STEP).then((upTo) =>
      setWindow((now) => (now === window ? laterWindow(window, upTo) : now)),
    );
  }, [db, c, window, shown]);
  const toLatest = useCallback(
    () => setWindow(({ jump }) => ({ upTo: null, count: WINDOW_FIRST, jump: jump + 1 })),
    [],
  );
  const toPlace = useCallback(
    (place: Place) => {
      void placeAfter(db, c, place, WINDOW_FIRST).then((upTo) =>
        setWindow(({ jump }) => ({ upTo, count: 2 * WINDOW_FIRST, jump })),
      );
    },
    [db, c],
  );
  return { shown, older, later, freeze, toLatest, toPlace };
}

/** Grows upwards to WINDOW_MAX, then slides; the same window when there is nothing older. */
export function olderWindow(window: Window, rows: readonly EntryRow[]): Window {
  if (rows.length < window.count) return window;
  if (window.count < WINDOW_MAX) {
    return { ...window, count: Math.min(window.count + WINDOW_STEP, WINDOW_MAX) };
  }
  const last = rows.at(-1 - WINDOW_STEP);
  return last === undefined ? window : { ...window, upTo: placeOf(last), count: WINDOW_MAX };
}

/** Grows downwards, too: what is being read is still there, and what somebody was led to. */
export const laterWindow = (window: Window, upTo: Place | null): Window => ({
  ...window,
  upTo,
  count: Math.min(window.count + WINDOW_STEP, WINDOW_MAX),
});

function frozenWindow(window: Window, rows: readonly EntryRow[]): Window {
  const last = rows.at(-1);
  return window.upTo !== null || last === undefined ? window : { ...window, upTo: placeOf(last) };
}
