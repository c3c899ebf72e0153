/**
 * The rooms that a tab sits in, on the engine's side of the door. [AEA1] Frames come in the order in which
 * they were sent, also those that were sent before the room had opened. [AEA2] A tab that is gone leaves
 * all its rooms. [AEA3] Whoever asks is told once all that it has edited is kept.
 */
import type { Device } from "../../sync/device.ts";
import { ROOM_CLOSED } from "../../sync/rooms/room-closed.ts";
import type { Tab } from "../../sync/rooms/room.ts";
import type { FromRoom, ToRoom } from "./messages.ts";

/** Rooms that one tab is in at a time. It needs two; a loop could want more. */
export const ROOMS_MAX = 16;

/** Undefined: the room did not take it. */
type Seat = Promise<Tab | undefined>;

export type RoomSeats = {
  readonly heard: (device: Promise<Device>, message: ToRoom) => void;
  readonly leaveAll: () => void;
};

export function openRoomSeats(post: (message: FromRoom) => void): RoomSeats {
  const seats = new Map<number, Seat>();

  const leave = (id: number): void => {
    const seat = seats.get(id);
    seats.delete(id);
    void seat?.then((tab) => tab?.closed());
  };
  const sit = async (opening: Promise<Device>, id: number, room: string, client: number): Seat => {
    const closed = (code: number): void => {
      // By the room itself: it has no seat to give back.
      seats.delete(id);
      post({ type: "room", id, what: "closed", code });
    };
    try {
      const socket = {
        frame: (bytes: Uint8Array) => post({ type: "room", id, what: "frame", bytes }),
        close: closed,
      };
      const device = await opening;
      const tab = await device.openRoom(room, socket, client);
      if (typeof tab !== "number") return tab;
      closed(tab);
    } catch {
      closed(ROOM_CLOSED.restart);
    }
    return undefined;
  };
  const tell = (tab: Tab | undefined, message: ToRoom): void => {
    if (message.what === "frame") tab?.frame(message.bytes);
    if (message.what === "flush") tab?.flush();
    if (message.what !== "keep") return;
    const { id, n } = message;
    tab?.kept(() => post({ type: "room", id, what: "kept", n }));
  };

  return {
    heard: (device, message) => {
      const { id } = message;
      if (message.what === "open") {
        if (seats.has(id)) return;
        const isFull = seats.size >= ROOMS_MAX;
        if (isFull) post({ type: "room", id, what: "closed", code: ROOM_CLOSED.restart });
        else seats.set(id, sit(device, id, message.room, message.client));
      } else if (message.what === "close") leave(id);
      else void seats.get(id)?.then((tab) => tell(tab, message));
    },
    leaveAll: () => {
      for (const id of seats.keys()) leave(id);
    },
  };
}
