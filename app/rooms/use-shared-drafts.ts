/**
 * Drafts are shared as soon as the person has another device, and not before: then Yjs is loaded, after
 * what is on the screen. [ASD1] Whoever has one device never loads it. [ASD2] A room that could not be
 * entered, or that is not ours any more, is entered anew.
 */
import { useCallback, useEffect } from "react";

import { contactsOf, type Db } from "../db/tables.ts";
import { useSession } from "../session/session.ts";
import { useRows } from "../ui/use-rows.ts";
import type { DraftsRoom } from "./drafts-room.ts";
import type { RoomDevice } from "./tab-room.ts";

/** What is painted and what the engine begins with come first. */
const AFTER_MS = 1_500;
/** Doubling, after each time that it did not work. */
const AGAIN_MS = 5_000;
const AGAIN_MS_MAX = 300_000;

export function useSharedDrafts(): void {
  const { db, device, me } = useSession();
  const read = useCallback(
    async () => ((await contactsOf(db).get(me.account))?.live.length ?? 0) > 1,
    [db, me],
  );
  const hasOthers = useRows(read) ?? false;
  useEffect(() => (hasOthers ? keepShared(device, db) : undefined), [hasOthers, device, db]);
}

/** Until the answer is called. */
function keepShared(device: RoomDevice, db: Db): () => void {
  let room: DraftsRoom | undefined;
  let isOver = false;
  let timer = setTimeout(() => void enter(AGAIN_MS), AFTER_MS);

  const again = (ms: number): void => {
    if (!isOver) timer = setTimeout(() => void enter(Math.min(ms * 2, AGAIN_MS_MAX)), ms);
  };
  const enter = async (nextMs: number): Promise<void> => {
    try {
      const { openDraftsRoom } = await import("./drafts-room.ts");
      const opened = await openDraftsRoom(device, db);
      if (!opened.ok) return again(nextMs);
      if (isOver) return opened.value.close();
      room = opened.value;
      await room.refused;
      room.close();
    } catch {
      // A part of the app that did not arrive: also that is tried again.
    }
    again(nextMs);
  };
  return () => {
    isOver = true;
    clearTimeout(timer);
    room?.close();
  };
}
