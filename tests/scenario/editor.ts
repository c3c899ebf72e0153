import type { RoomEars, RoomEnd } from "../../app/engine/room-ends.ts";
import { openTabRoom, type RoomDevice, type TabRoom } from "../../app/rooms/tab-room.ts";
/** A tab of somebody's device in a room: the app's own way there, without the port between. */
import { err } from "../../crypto/base/result.ts";
import type { RoomName } from "../../sync/rooms/names.ts";
import type { Person } from "./person.ts";

/** The device as a tab of the person has it. */
export const tabOf = (person: Person): RoomDevice => ({
  call: ((_part: string, _method: string, room: string) =>
    person.device.rooms.enter(room).catch(() => err({ type: "StorageFailed" }))) as never,
  openRoom: (room, client, ears) => openEnd(person, room, client, ears),
});

function openEnd(person: Person, room: string, client: number, ears: RoomEars): RoomEnd {
  const tab = person.device.openRoom(room, { frame: ears.frame, close: ears.closed }, client);
  void tab.then((it) => typeof it === "number" && ears.closed(it));
  const tell = (say: (it: Exclude<Awaited<typeof tab>, number>) => void): void =>
    void tab.then((it) => typeof it !== "number" && say(it));
  return {
    frame: (bytes) => tell((it) => it.frame(bytes)),
    flush: () => tell((it) => it.flush()),
    keep: (n) => tell((it) => it.kept(() => ears.kept(n))),
    close: () => tell((it) => it.closed()),
  };
}

/** In the room, and up to date. Whoever opens it closes it. */
export async function editorOf(person: Person, room: RoomName): Promise<TabRoom> {
  const opened = await openTabRoom(tabOf(person), room);
  if (!opened.ok) throw new Error(opened.error.type);
  await new Promise<void>((resolve) => {
    opened.value.onSynced(resolve);
  });
  return opened.value;
}

export const kept = (room: TabRoom): Promise<void> =>
  new Promise((resolve) => {
    room.keep(resolve);
  });
