/** What the person is about to do in the open chat: with which message, and where they are going. */
import { useCallback, useState } from "react";

import type { Spot } from "../../db/looks.ts";
import { useJustMade } from "../../session/just-made.ts";
import type { Point } from "../../ui/menu.tsx";
import type { Answering, Editing } from "./composer.tsx";
import type { Panel } from "./message-panels.tsx";
import { type Acts, useActs } from "./use-acts.ts";
import { useAnswering } from "./use-answering.ts";
import type { Timeline } from "./use-timeline.ts";

/** What stands beside the conversation, one at a time: what is known of a message, or of the group. */
type Beside = { readonly infoId: string | null; readonly isJustMade?: true };

export type Doing = {
  readonly acts: Acts;
  readonly panel: Panel | null;
  readonly onPanel: (panel: Panel | null) => void;
  readonly onMenu: (id: string, at: Point) => void;
  readonly answering: Answering | null;
  /** One either answers or edits. */
  readonly onAnswering: (answering: Answering | null) => void;
  readonly editing: Editing | null;
  readonly onEditing: (editing: Editing | null) => void;
  /** Of which message everything is shown that is known of it. */
  readonly infoId: string | null;
  readonly onInfo: (id: string | null) => void;
  readonly isGroupOpen: boolean;
  /** They opened by themselves, beside a group that was just made. */
  readonly isJustMade: boolean;
  readonly onGroup: (open: boolean) => void;
  readonly goingTo: Spot | null;
  readonly onGo: (spot: Spot) => void;
  readonly onArrived: () => void;
};

const BESIDE_NEW: Beside = { infoId: null, isJustMade: true };

export function useDoing(c: number, { shown, toPlace }: Timeline): Doing {
  const acts = useActs(c);
  const [panel, onPanel] = useState<Panel | null>(null);
  const [answering, setAnswering] = useAnswering(c);
  const [editing, setEditing] = useState<Editing | null>(null);
  const [beside, setBeside] = useState<Beside | null>(useJustMade() ? BESIDE_NEW : null);
  const [goingTo, setGoingTo] = useState<Spot | null>(null);

  const onMenu = useCallback((id: string, at: Point) => onPanel({ type: "menu", id, at }), []);
  const onAnswering = useCallback(
    (next: Answering | null) => {
      setAnswering(next);
      if (next !== null) setEditing(null);
    },
    [setAnswering],
  );
  const onEditing = useCallback(
    (next: Editing | null) => {
      setEditing(next);
      if (next !== null) setAnswering(null);
    },
    [setAnswering],
  );
  const onInfo = useCallback(
    (id: string | null) => setBeside(id === null ? null : { infoId: id }),
    [],
  );
  const onGroup = useCallback((open: boolean) => setBeside(open ? { infoId: null } : null), []);
  const { rows } = shown;
  const onGo = useCallback(
    (spot: Spot) => {
      if (!rows.some(({ id }) => id === spot.id)) toPlace(spot);
      setGoingTo(spot);
    },
    [rows, toPlace],
  );
  const onArrived = useCallback(() => setGoingTo(null), []);
  return {
    acts,
    panel,
    onPanel,
    onMenu,
    answering,
    onAnswering,
    editing,
    onEditing,
    infoId: beside?.infoId ?? null,
    onInfo,
    isGroupOpen: beside?.infoId === null,
    isJustMade: beside?.isJustMade ?? false,
    onGroup,
    goingTo,
    onGo,
    onArrived,
  };
}
