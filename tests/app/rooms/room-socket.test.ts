/** The app's socket under the stock WebsocketProvider of y-websocket, and a room of the engine behind it. */
import { beforeAll, beforeEach, expect, onTestFinished, test } from "vitest";
import { WebsocketProvider } from "y-websocket";
import * as Y from "yjs";

import { openRoomEnds } from "../../../app/engine/room-ends.ts";
import { openRoomSeats } from "../../../app/engine/room-seats.ts";
import { roomSockets, type RoomSockets } from "../../../app/rooms/room-socket.ts";
import { ready } from "../../../crypto/base/sodium.ts";
import type { Device } from "../../../sync/device.ts";
import type { RoomUpdate } from "../../../sync/entry/room-body.ts";
import { ROOM_CLOSED } from "../../../sync/rooms/room-closed.ts";
import { FLUSH_MS, openRoom, type Room } from "../../../sync/rooms/room.ts";
import { NOW_MS } from "../../sync/acquainted.ts";
import { filled } from "../../sync/entry/signed-entry.ts";
import { settle } from "../../sync/rooms/tabs.ts";
import { HeldTimers } from "../../sync/transport/held-timers.ts";

beforeAll(() => ready);

let timers: HeldTimers;
let wrote: { readonly update: RoomUpdate; readonly keep: () => void }[];
let room: Room;
let isThere: boolean;

beforeEach(() => {
  [timers, wrote, isThere] = [new HeldTimers(NOW_MS), [], true];
  room = newRoom();
});

const newRoom = (): Room =>
  openRoom({
    timers,
    room: "drafts",
    log: filled(16, 1),
    nextNonce: 8,
    leap: 0,
    state: null,
    wrote: (update) => new Promise((keep) => wrote.push({ update, keep })),
    moved: () => undefined,
  });

type Tab = {
  readonly text: Y.Text;
  readonly provider: WebsocketProvider;
  readonly sockets: RoomSockets;
  readonly closed: number[];
  /** The engine dies, or the tab does. */
  readonly lose: () => void;
  readonly leave: () => void;
};

/** Both sides of the door, with a turn between them as a port has. */
function openTab(client = room.newClient()): Tab {
  const device = {
    openRoom: (_: string, ...rest: [never, number]) => Promise.resolve(room.attach(...rest)),
  } as unknown as Device;
  const seats = openRoomSeats((message) => queueMicrotask(() => ends.heard(message)));
  const ends = openRoomEnds((message) => {
    if (isThere) queueMicrotask(() => seats.heard(Promise.resolve(device), message));
    return isThere;
  });
  const doc = new Y.Doc();
  doc.clientID = client;
  const sockets = roomSockets((ears) => ends.open("drafts", client, ears));
  const provider = new WebsocketProvider("local://rooms", "account/drafts", doc, {
    WebSocketPolyfill: sockets.Socket,
    disableBc: true,
  });
  const closed: number[] = [];
  provider.on("connection-close", (event) => void closed.push(event?.code ?? 0));
  onTestFinished(() => provider.destroy());
  return {
    text: doc.getText("chat"),
    provider,
    sockets,
    closed,
    lose: ends.lose,
    leave: seats.leaveAll,
  };
}

test("[ARK1] [AEA1] the stock provider connects, is up to date, and hears of others", async () => {
  const [one, two] = [openTab(), openTab()];
  await settle();
  expect([one.provider.synced, two.provider.synced]).toEqual([true, true]);
  one.text.insert(0, "hello");
  await settle();
  expect(two.text.toJSON()).toBe("hello");
  expect(openTab().text.toJSON()).toBe("");
});

test("[AEA3] who asks is told once all that it has edited is kept, not before", async () => {
  const tab = openTab();
  await settle();
  const heard: string[] = [];
  tab.sockets.keep(() => heard.push("nothing yet"));
  await settle();
  expect(heard).toEqual(["nothing yet"]);
  tab.text.insert(0, "a");
  tab.sockets.keep(() => heard.push("a"));
  await timers.advance(FLUSH_MS);
  await settle();
  expect(heard).toHaveLength(1);
  wrote[0]?.keep();
  await settle();
  expect(heard).toEqual(["nothing yet", "a"]);
});

test("[AEA3] what is edited is written at once when the person turns away", async () => {
  const tab = openTab();
  await settle();
  tab.text.insert(0, "a");
  await settle();
  expect(wrote).toHaveLength(0);
  tab.sockets.flush();
  await settle();
  expect(wrote).toHaveLength(1);
});

test("[ARK2] it closes with the room's own code, by which the provider comes again or does not", async () => {
  const stranger = openTab(12_345);
  await settle();
  expect(stranger.closed).toEqual([ROOM_CLOSED.forbidden]);
  expect(stranger.provider.shouldConnect).toBe(false);
  const tab = openTab();
  await settle();
  room.close(ROOM_CLOSED.restart);
  await settle();
  expect(tab.closed).toEqual([ROOM_CLOSED.restart]);
  expect(tab.provider.shouldConnect).toBe(true);
});

test("[AEO1] the rooms of a tab close when the engine goes, and what was edited comes to the next one", async () => {
  const client = room.newClient();
  const tab = openTab(client);
  await settle();
  tab.lose();
  await settle();
  expect(tab.closed).toEqual([ROOM_CLOSED.restart]);
  tab.text.insert(0, "meanwhile");
  room = newRoom();
  expect(room.newClient()).toBe(client);
  await expect.poll(() => tab.provider.synced).toBe(true);
  await settle();
  expect(openTabText(await onceMore())).toBe("meanwhile");
});

const openTabText = ({ text }: Tab): string => text.toJSON();
async function onceMore(): Promise<Tab> {
  const tab = openTab();
  await settle();
  return tab;
}

test("[AEO1] without an engine a room closes at once, to be tried again", async () => {
  isThere = false;
  const tab = openTab();
  await settle();
  expect(tab.closed).toEqual([ROOM_CLOSED.restart]);
  isThere = true;
  await expect.poll(() => tab.provider.synced).toBe(true);
});

test("[AEA2] a tab that is gone leaves its rooms, and what it edited is written", async () => {
  const tab = openTab();
  await settle();
  tab.text.insert(0, "last");
  await settle();
  tab.leave();
  await settle();
  expect(wrote).toHaveLength(1);
});
