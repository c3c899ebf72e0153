/**
 * Drafts are shared as long as anybody is there. [AZK1] A room that could not be entered, or that is not ours
 * any more, is entered anew, later each time.
 */
import type { Timers } from "../../sync/clock/timers.ts";
import type { Db } from "../db/tables.ts";
import type { DraftsRoom } from "./drafts-room.ts";
import type { RoomDevice } from "./tab-room.ts";

/** What is painted and what the engine begins with come first. */
export const SHARE_AFTER_MS = 1_500;
/** Doubling, after each time that it did not work. */
export const SHARE_AGAIN_MS = 5_000;
const SHARE_AGAIN_MS_MAX = 300_000;

/** Until the answer is called. */
export function keepShared(device: RoomDevice, db: Db, after: Timers["after"]): () => void {
  let room: DraftsRoom | undefined;
  let isOver = false;
  const enter = async (nextMs: number): Promise<void> => {
    try {
      const { openDraftsRoom } = await import("./drafts-room.ts");
      const opened = await openDraftsRoom(device, db);
      if (opened.ok && isOver) return opened.value.close();
      if (opened.ok) {
        room = opened.value;
        await room.refused;
        room.close();
      }
    } catch {
      // A part of the app that did not arrive: also that is tried again.
    }
    if (!isOver) cancel = planned(nextMs);
  };
  const planned = (ms: number): (() => void) =>
    after(ms, () => void enter(Math.min(Math.max(SHARE_AGAIN_MS, ms * 2), SHARE_AGAIN_MS_MAX)));
  let cancel = planned(SHARE_AFTER_MS);
  return () => {
    isOver = true;
    cancel();
    room?.close();
  };
}
