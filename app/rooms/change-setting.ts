/**
 * Changes one of the account's settings: in the shared document, and from there on all devices. What it is
 * now is read from the rows (db/settings.ts), as everywhere. Load it when it is needed.
 */
import { err, ok, type Result } from "../../crypto/base/result.ts";
import { SETTINGS, type Settings } from "../../sync/rooms/settings.ts";
import { openTabRoom, type RoomDevice, type RoomFailure } from "./tab-room.ts";

/** An engine that took it and is gone before it is on disk: whoever changed it sees that it did not. */
const KEPT_MS_MAX = 10_000;

/** Settles when it is on disk. */
export async function changeSetting<K extends keyof Settings>(
  device: RoomDevice,
  key: K,
  value: Settings[K],
): Promise<Result<void, RoomFailure>> {
  const opened = await openTabRoom(device, SETTINGS);
  if (!opened.ok) return opened;
  const room = opened.value;
  const { promise, resolve } = Promise.withResolvers<Result<void, RoomFailure>>();
  const late = setTimeout(() => resolve(err({ type: "EngineGone" })), KEPT_MS_MAX);
  room.onRefused(() => resolve(err({ type: "EngineGone" })));
  room.onSynced(() => {
    room.doc.getMap(SETTINGS).set(key, value);
    room.flush();
    room.keep(() => resolve(ok(undefined)));
  });
  try {
    return await promise;
  } finally {
    clearTimeout(late);
    room.close();
  }
}
