/**
 * A shared document in a tab: a Y.Doc on the stock WebsocketProvider, whose server is the engine. Brings
 * Yjs along: load it when it is needed (`import()`).
 */
import { WebsocketProvider } from "y-websocket";
import { Doc } from "yjs";

import { err, ok, type Result } from "../../crypto/base/result.ts";
import type { RoomName } from "../../sync/rooms/names.ts";
import { ROOM_CLOSED } from "../../sync/rooms/room-closed.ts";
import type { RoomsError } from "../../sync/rooms/rooms.ts";
import type { EngineFailure } from "../engine/calls.ts";
import type { RemoteDevice } from "../engine/remote-device.ts";
import { roomSockets, type RoomSockets } from "./room-socket.ts";

export type TabRoom = Pick<RoomSockets, "flush" | "keep"> & {
  readonly doc: Doc;
  /** Calls back whenever the document and the engine's are alike: at first, and after each absence. */
  readonly onSynced: (then: () => void) => void;
  /** The room will not have us again: a new one is needed. */
  readonly onRefused: (then: (code: number) => void) => void;
  readonly close: () => void;
};

export type RoomFailure = RoomsError | EngineFailure;

/** What of the device is needed. */
export type RoomDevice = Pick<RemoteDevice, "call" | "openRoom">;

export async function openTabRoom(
  device: RoomDevice,
  room: RoomName,
): Promise<Result<TabRoom, RoomFailure>> {
  const entered = await device.call("rooms", "enter", room);
  if (!entered.ok) return err(entered.error);
  const { client } = entered.value;
  const doc = new Doc();
  doc.clientID = client;
  const sockets = roomSockets((ears) => device.openRoom(room, client, ears));
  const provider = new WebsocketProvider("local://rooms", `account/${room}`, doc, {
    WebSocketPolyfill: sockets.Socket,
    disableBc: true,
    connect: false,
  });
  // Nobody shows where their cursor is, so nothing need be said every fifteen seconds.
  provider.awareness.setLocalState(null);
  // Another editor has our id, so that one of us is not who they say: Yjs takes another, which is nobody's.
  const isUnmasked = (): boolean => doc.clientID !== client;
  return ok({
    doc,
    flush: sockets.flush,
    keep: sockets.keep,
    onSynced: (then) => {
      provider.on("sync", (isSynced) => {
        if (isSynced) then();
      });
      provider.connect();
    },
    onRefused: (then) => {
      provider.on("closed", ({ code }) => then(code));
      doc.on("afterTransaction", () => {
        if (isUnmasked()) then(ROOM_CLOSED.forbidden);
      });
    },
    close: () => {
      // By this name the provider takes its leave.
      doc.clientID = client;
      provider.destroy();
      doc.destroy();
    },
  });
}
