/**
 * Drafts on all devices of a person: one Y.Text a chat, under the channel's id, in the room "drafts". The
 * composer stays a plain field, and the draft on disk what a reload gives back; here both are put together
 * with what was typed elsewhere.
 *
 * [ADT1] What is typed here is in the shared document, and what is typed elsewhere in the field and on disk.
 * [ADT2] A draft that was typed before the document was there, or while it was away, is put together with
 * it: nothing of either is lost. [ADT3] A draft that was sent or taken back is gone everywhere. [ADT4] What
 * counts as shared on disk is what the engine has on disk. [ADT5] A draft over SHARED_CHARS_MAX stays where it
 * is typed, and what the others have of it waits for its end.
 */
import { ok, type Result } from "../../crypto/base/result.ts";
import { channelsOf, type Db } from "../db/tables.ts";
import { draftedChats, noteShared, readKept, writeDraft } from "../platform/drafts.ts";
import { fieldOf, shareDrafts } from "./draft-fields.ts";
import { merged, spliceOf } from "./splice.ts";
import { openTabRoom, type RoomDevice, type RoomFailure, type TabRoom } from "./tab-room.ts";

/** UTF-16 units: one edit of so many fits an entry, whatever the letters. */
const SHARED_CHARS_MAX = 16_000;
/** Chats whose drafts are told from one document. More were never written in at a time. */
const CHATS_MAX = 500;

export type DraftsRoom = {
  /** Settles when the room will not have us any more, with its close code. */
  readonly refused: Promise<number>;
  readonly close: () => void;
};

export async function openDraftsRoom(
  device: RoomDevice,
  db: Db,
): Promise<Result<DraftsRoom, RoomFailure>> {
  const opened = await openTabRoom(device, "drafts");
  return opened.ok ? ok(shared(opened.value, db)) : opened;
}

/** One after the other, as long as anybody is there. */
function openQueue(): {
  readonly add: (job: () => Promise<void>) => void;
  readonly end: () => void;
} {
  let isOver = false;
  let last: Promise<void> = Promise.resolve();
  const after = async (earlier: Promise<void>, job: () => Promise<void>): Promise<void> => {
    await earlier;
    try {
      if (!isOver) await job();
    } catch (error) {
      reportError(error);
    }
  };
  return {
    add: (job) => {
      last = after(last, job);
    },
    end: () => {
      isOver = true;
    },
  };
}

/** Puts field, disk and document together. `common`: by channel id, what they last agreed on. */
async function reconcile(
  { doc, keep }: TabRoom,
  common: Map<string, string>,
  c: number,
  id: string,
): Promise<void> {
  const kept = await readKept(c);
  // In one turn up to the splice: nobody types and nothing comes in between.
  const field = fieldOf(c);
  const typed = field?.read();
  const ours = typed ?? kept.text;
  if (ours.length > SHARED_CHARS_MAX) return;
  const text = doc.getText(id);
  const theirs = text.toJSON();
  const both = merged(common.get(id) ?? kept.shared, ours, theirs);
  if (typed !== undefined && both !== ours && field?.adopt(both) === false) return;
  common.set(id, both);
  if (both !== theirs) {
    const { at, removed, added } = spliceOf(theirs, both);
    doc.transact(() => {
      if (removed > 0) text.delete(at, removed);
      if (added !== "") text.insert(at, added);
    });
  }
  if (both !== kept.text) await writeDraft(c, both);
  if (both !== kept.shared) keep(() => void noteShared(c, both));
}

function shared(room: TabRoom, db: Db): DraftsRoom {
  const { doc } = room;
  const common = new Map<string, string>();
  const queue = openQueue();
  let isSynced = false;

  const here = (c: number): void => {
    if (!isSynced) return;
    queue.add(async () => {
      const channel = await channelsOf(db).get(c);
      if (channel !== undefined) await reconcile(room, common, c, channel.id);
    });
  };
  const elsewhere = (id: string): void =>
    queue.add(async () => {
      const channel = await channelsOf(db).where("id").equals(id).first();
      // A chat that is not here yet: its draft waits in the document.
      if (channel?.c !== undefined) await reconcile(room, common, channel.c, id);
    });

  const unshare = shareDrafts(here);
  doc.on("afterTransaction", ({ local, changed }) => {
    if (local || !isSynced) return;
    const names = [...doc.share].filter(([, type]) => changed.has(type)).map(([name]) => name);
    for (const id of names.slice(0, CHATS_MAX)) elsewhere(id);
  });
  room.onSynced(() => {
    isSynced = true;
    queue.add(async () => {
      for (const c of await draftedChats()) here(c);
    });
    for (const id of [...doc.share.keys()].slice(0, CHATS_MAX)) elsewhere(id);
  });
  const turnedAway = (): void => room.flush();
  document.addEventListener("visibilitychange", turnedAway);
  const refused = new Promise<number>((resolve) => {
    room.onRefused(resolve);
  });
  return {
    refused,
    close: () => {
      queue.end();
      unshare();
      document.removeEventListener("visibilitychange", turnedAway);
      room.close();
    },
  };
}
