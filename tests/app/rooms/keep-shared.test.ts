import "fake-indexeddb/auto";
import { expect, onTestFinished, test, vi } from "vitest";

import { keepShared, SHARE_AFTER_MS, SHARE_AGAIN_MS } from "../../../app/rooms/keep-shared.ts";
import type { RoomDevice } from "../../../app/rooms/tab-room.ts";
import { err, ok } from "../../../crypto/base/result.ts";
import { HeldTimers } from "../../sync/transport/held-timers.ts";
import { openRows } from "../db/rows.ts";

test("[AZK1] a room that could not be entered, or is not ours any more, is entered anew", async () => {
  vi.stubGlobal("document", new EventTarget());
  const db = await openRows();
  const timers = new HeldTimers(0);
  const answers = [err({ type: "RoomsUnavailable" }), ok({ client: 7 }), ok({ client: 8 })];
  const entered: number[] = [];
  const device: RoomDevice = {
    call: (() => Promise.resolve(answers.shift())) as never,
    openRoom: (_room, client, ears) => {
      entered.push(client);
      if (client === 7) queueMicrotask(() => ears.closed(4403));
      const none = (): void => undefined;
      return { frame: none, flush: none, keep: none, close: none };
    },
  };
  const end = keepShared(device, db, timers.after);
  onTestFinished(() => {
    end();
    db.close();
    vi.unstubAllGlobals();
  });
  await timers.advance(SHARE_AFTER_MS - 1);
  expect(answers).toHaveLength(3);
  await timers.advance(1);
  await expect.poll(() => answers.length).toBe(2);
  await expect.poll(() => timers.advance(SHARE_AGAIN_MS).then(() => entered)).toEqual([7]);
  await expect.poll(() => timers.advance(SHARE_AGAIN_MS * 2).then(() => entered)).toEqual([7, 8]);
});
