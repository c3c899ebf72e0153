/**
 * The rooms that this tab sits in, on the tab's side of the door. [AEO1] When the engine goes they are all
 * closed, as a server's sockets are; whoever wants to be in comes again.
 */
import { ROOM_CLOSED } from "../../sync/rooms/room-closed.ts";
import type { FromRoom, ToRoom } from "./messages.ts";

export type RoomEars = {
  readonly frame: (bytes: Uint8Array) => void;
  /** All that was edited before `keep(n)` is on disk. */
  readonly kept: (n: number) => void;
  readonly closed: (code: number) => void;
};

export type RoomEnd = {
  readonly frame: (bytes: Uint8Array) => void;
  /** The person turns away: what was edited is written now. */
  readonly flush: () => void;
  readonly keep: (n: number) => void;
  readonly close: () => void;
};

export type RoomEnds = {
  /** `client`: of `rooms.enter`. */
  readonly open: (room: string, client: number, ears: RoomEars) => RoomEnd;
  readonly heard: (message: FromRoom) => void;
  readonly lose: () => void;
};

/** `post`: false, when there is no engine to be reached. */
export function openRoomEnds(post: (message: ToRoom) => boolean): RoomEnds {
  const byId = new Map<number, RoomEars>();
  let last = 0;

  const closed = (id: number, code: number): void => {
    const ears = byId.get(id);
    byId.delete(id);
    ears?.closed(code);
  };
  return {
    open: (room, client, ears) => {
      last += 1;
      const id = last;
      byId.set(id, ears);
      const isThere = post({ type: "room", id, what: "open", room, client });
      if (!isThere) queueMicrotask(() => closed(id, ROOM_CLOSED.restart));
      return {
        frame: (bytes) => void post({ type: "room", id, what: "frame", bytes }),
        flush: () => void post({ type: "room", id, what: "flush" }),
        keep: (n) => void post({ type: "room", id, what: "keep", n }),
        close: () => {
          if (byId.delete(id)) post({ type: "room", id, what: "close" });
        },
      };
    },
    heard: (message) => {
      const ears = byId.get(message.id);
      if (message.what === "frame") ears?.frame(message.bytes);
      if (message.what === "kept") ears?.kept(message.n);
      if (message.what === "closed") closed(message.id, message.code);
    },
    lose: () => {
      for (const id of byId.keys()) closed(id, ROOM_CLOSED.restart);
    },
  };
}
