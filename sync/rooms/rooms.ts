/**
 * The account's shared documents, as far as a device has them before anybody needs them: what comes from
 * other devices waits in `yups`, and the host (host.ts), which brings Yjs along, is loaded when a tab
 * enters a room or something waits. docs/protocol/rooms.md, [YR15] to [YR18].
 */
import type { Random } from "../../crypto/base/random.ts";
import { err, ok, type Result } from "../../crypto/base/result.ts";
import type { Self } from "../account/self.ts";
import type { Timers } from "../clock/timers.ts";
import type { Lane } from "../lane.ts";
import type { Store } from "../store/store.ts";
import type { RoomHost } from "./host.ts";
import { ACCOUNT_ROOMS, type RoomName } from "./names.ts";
import { ROOM_CLOSED, type RoomClosed } from "./room-closed.ts";
import type { Tab, TabSocket } from "./room.ts";
import type { Settings } from "./settings.ts";

/** Something that was edited elsewhere is looked at so long after it came, with what comes beside it. */
const LOOK_AFTER_MS = 300;
/** After the device was opened, when what a person looks at is there. */
const LOOK_FIRST_MS = 2_000;

export type RoomsError =
  | { readonly type: "NotStarted" }
  | { readonly type: "RoomUnknown" }
  /** This process does without shared documents, or their part of the app did not arrive. */
  | { readonly type: "RoomsUnavailable" };

/** What a tab may call. */
export type RoomCommands = {
  /** A Yjs client id for a tab's document of that room. Nobody ever had it, or will. */
  readonly enter: (room: string) => Promise<Result<{ readonly client: number }, RoomsError>>;
};

export type RoomHostDeps = {
  readonly store: Store;
  readonly lane: Lane;
  readonly timers: Timers;
  readonly random: Random;
  readonly self: () => Self | undefined;
  /** The outbox has something to send. */
  readonly wake: () => void;
  /** They were changed, here or elsewhere. */
  readonly settled: (settings: Settings) => void;
  readonly dropped: (reason: string) => void;
  readonly failed: (error: unknown) => void;
};

export type OpenRoomHost = (deps: RoomHostDeps) => RoomHost;

export type Rooms = RoomCommands & {
  /** A tab's socket: see Room.attach. */
  readonly openRoom: (room: string, socket: TabSocket, client: number) => Promise<Tab | RoomClosed>;
  /** There is an account now. */
  readonly begin: () => void;
  /** Another device's edit was committed. */
  readonly edited: () => void;
  /** What is unwritten is in the lane when it settles. */
  readonly close: () => Promise<void>;
};

/** `load`: null where there are no shared documents. */
export function openRooms(deps: RoomHostDeps, load: (() => Promise<OpenRoomHost>) | null): Rooms {
  let host: Promise<RoomHost | undefined> | undefined;
  let cancelLook: (() => void) | undefined;
  let isClosed = false;

  const open = async (): Promise<RoomHost | undefined> => {
    if (load === null || isClosed) return undefined;
    try {
      return (await load())(deps);
    } catch (error) {
      deps.failed(error);
      host = undefined;
      return undefined;
    }
  };
  const hostOf = (): Promise<RoomHost | undefined> => (host ??= open());
  const look = async (): Promise<void> => {
    const waits = await deps.store.read(["yups"], (tx) =>
      tx.range("yups", "primary", { limit: 1 }),
    );
    if (waits.length > 0) await (await hostOf())?.takeIn();
  };
  const lookIn = (ms: number): void => {
    if (load === null || isClosed) return;
    cancelLook ??= deps.timers.after(ms, () => {
      cancelLook = undefined;
      look().catch(deps.failed);
    });
  };
  return {
    enter: async (room) => {
      const name = nameOf(room);
      if (name === undefined) return err({ type: "RoomUnknown" });
      if (deps.self() === undefined) return err({ type: "NotStarted" });
      const opened = await hostOf();
      if (opened === undefined) return err({ type: "RoomsUnavailable" });
      return ok({ client: await opened.newClient(name) });
    },
    openRoom: async (room, socket, client) => {
      const name = nameOf(room);
      if (name === undefined) return ROOM_CLOSED.forbidden;
      const opened = deps.self() === undefined ? undefined : await hostOf();
      return opened === undefined ? ROOM_CLOSED.restart : await opened.attach(name, socket, client);
    },
    begin: () => lookIn(LOOK_FIRST_MS),
    edited: () => lookIn(LOOK_AFTER_MS),
    close: async () => {
      isClosed = true;
      cancelLook?.();
      await (await host)?.close();
    },
  };
}

const nameOf = (room: string): RoomName | undefined => ACCOUNT_ROOMS.find((it) => it === room);
