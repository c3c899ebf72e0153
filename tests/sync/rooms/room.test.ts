import { afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import * as Y from "yjs";

import { ready } from "../../../crypto/base/sodium.ts";
import { type RoomUpdate, UPDATE_BYTES_MAX } from "../../../sync/entry/room-body.ts";
import { ROOM_CLOSED, type RoomClosed } from "../../../sync/rooms/room-closed.ts";
import { decodeRoomUpdate, encodeRoomUpdate } from "../../../sync/rooms/room-update.ts";
import {
  FLUSH_BYTES,
  FLUSH_MS,
  KEEP_ALIVE_MS,
  MERGED_BYTES_MAX,
  openRoom,
  type Room,
  TABS_MAX,
} from "../../../sync/rooms/room.ts";
import { awarenessFrame, type Peer, updateFrame } from "../../../sync/rooms/y-frames.ts";
import { NOW_MS } from "../acquainted.ts";
import { filled } from "../entry/signed-entry.ts";
import { HeldTimers } from "../transport/held-timers.ts";
import { type EditorTab, openTab, settle } from "./tabs.ts";

beforeAll(() => ready);

type Host = {
  room: Room;
  readonly log: Uint8Array;
  readonly wrote: RoomUpdate[];
  readonly moved: Peer[][];
};

let timers: HeldTimers;
let tabs: EditorTab[];

beforeEach(() => {
  timers = new HeldTimers(NOW_MS);
  tabs = [];
});

afterEach(() => {
  for (const tab of tabs) tab.close();
});

function hostOf(byte: number, state: Uint8Array | null = null, nextNonce = 0): Host {
  const wrote: RoomUpdate[] = [];
  const moved: Peer[][] = [];
  const log = filled(16, byte);
  const room = openRoom({
    timers,
    room: "notes",
    log,
    nextNonce,
    leap: 0,
    state,
    wrote: async (update) => void wrote.push(update),
    moved: (peers) => moved.push([...peers]),
  });
  return { room, log, wrote, moved };
}

function tabOf(host: Host): EditorTab {
  const tab = openTab(() => host.room);
  tabs.push(tab);
  return tab;
}

/** What `from` wrote, as `to` gets it: an entry of `from`'s log. */
function deliver(from: Host, to: Host): void {
  for (const update of from.wrote.splice(0)) {
    const decoded = decodeRoomUpdate(encodeRoomUpdate(update), from.log);
    expect(decoded.ok && to.room.apply(decoded.value.update)).toBe(true);
  }
}

test("[YR6] tabs of one device see each other's edits in the same turn", async () => {
  const host = hostOf(1);
  const [one, two] = [tabOf(host), tabOf(host)];
  await settle();
  expect([one.provider.synced, two.provider.synced]).toEqual([true, true]);
  one.text.insert(0, "hello");
  await settle();
  expect(two.text.toJSON()).toBe("hello");
  two.text.insert(5, " there");
  await settle();
  expect(one.text.toJSON()).toBe("hello there");
});

test("[YR7] what was edited becomes one entry after two seconds, at 16 KB or when asked", async () => {
  const host = hostOf(1);
  const tab = tabOf(host);
  await settle();
  for (const letter of "abc") tab.text.insert(tab.text.length, letter);
  await timers.advance(FLUSH_MS - 1);
  expect(host.wrote).toEqual([]);
  await timers.advance(1);
  expect(host.wrote).toHaveLength(1);
  tab.text.insert(0, "x".repeat(FLUSH_BYTES));
  expect(host.wrote).toHaveLength(2);
  tab.text.insert(0, "y");
  host.room.flush();
  host.room.flush();
  expect(host.wrote).toHaveLength(3);
});

test("[YR8] two devices that edited apart end with the same document", async () => {
  const [here, there] = [hostOf(1), hostOf(2)];
  const [mine, theirs] = [tabOf(here), tabOf(there)];
  await settle();
  mine.text.insert(0, "from here ");
  theirs.text.insert(0, "from there ");
  here.room.flush();
  there.room.flush();
  deliver(here, there);
  deliver(there, here);
  await settle();
  expect(mine.text.toJSON()).toBe(theirs.text.toJSON());
  expect(mine.text.toJSON()).toContain("from here ");
  expect(mine.text.toJSON()).toContain("from there ");
});

test("[YR9] a tab that comes again brings what it wrote while the engine was away", async () => {
  const first = hostOf(1);
  const tab = tabOf(first);
  await settle();
  tab.text.insert(0, "kept ");
  first.room.flush();
  const [state, nonce] = [first.room.state(), first.room.nextNonce()];
  first.room.close(ROOM_CLOSED.restart);
  tab.text.insert(5, "and not lost");
  const second = hostOf(1, state, nonce);
  Object.assign(first, { room: second.room });
  tab.provider.disconnect();
  tab.provider.connect();
  await settle();
  second.room.flush();
  const other = hostOf(2, state);
  deliver(second, other);
  expect(textOf(other.room)).toBe("kept and not lost");
});

const textOf = (room: Room): string => {
  const doc = new Y.Doc();
  Y.applyUpdate(doc, room.state());
  return doc.getText("text").toJSON();
};

test("[YR10] an entry that carries operations in another's name is forged", async () => {
  const [honest, liar] = [hostOf(1), hostOf(2)];
  const tab = tabOf(honest);
  await settle();
  tab.text.insert(0, "I stay");
  honest.room.flush();
  const evil = new Y.Doc();
  Y.applyUpdate(evil, honest.room.state());
  const before = Y.encodeStateVector(evil);
  evil.clientID = tab.doc.clientID;
  evil.getText("text").insert(0, "I resign. ");
  const update = Y.encodeStateAsUpdate(evil, before);
  const body = encodeRoomUpdate({ room: "notes", nonces: [0], update });
  expect(decodeRoomUpdate(body, liar.log)).toEqual({ ok: false, error: { type: "ClientForged" } });
  expect(decodeRoomUpdate(body, honest.log).ok).toBe(true);
});

test("[YR11] an editor shows where it is, in its own name alone, and leaves with its tab", async () => {
  const host = hostOf(1);
  const [one, two] = [tabOf(host), tabOf(host)];
  await settle();
  one.provider.awareness.setLocalStateField("cursor", 3);
  await settle();
  const seen = (): unknown => two.provider.awareness.getStates().get(one.doc.clientID);
  expect(seen()).toEqual({ cursor: 3 });
  const told = host.moved.length;
  // Its provider repeats what it heard of the other: that goes nowhere.
  await settle();
  expect(host.moved.slice(told)).toEqual([]);
  one.close();
  await settle();
  expect(seen()).toBeUndefined();
  expect(host.moved.at(-1)).toEqual([
    { client: one.doc.clientID, clock: expect.any(Number) as number, state: "null" },
  ]);
});

test("[YR12] editors of other devices are believed in their own name alone", async () => {
  const [here, there] = [hostOf(1), hostOf(2)];
  const [mine, theirs] = [tabOf(here), tabOf(there)];
  await settle();
  theirs.provider.awareness.setLocalStateField("cursor", 1);
  await settle();
  const peers = there.moved.at(-1) ?? [];
  here.room.hear(filled(16, 9), [0], peers);
  expect(mine.provider.awareness.getStates().has(theirs.doc.clientID)).toBe(false);
  here.room.hear(there.log, [0], peers);
  await settle();
  expect(mine.provider.awareness.getStates().get(theirs.doc.clientID)).toEqual({ cursor: 1 });
});

type Closed = { code: RoomClosed | undefined; readonly frames: Uint8Array[] };

function raw(room: Room): { readonly closed: Closed; readonly send: (bytes: Uint8Array) => void } {
  const closed: Closed = { code: undefined, frames: [] };
  const tab = room.attach(
    {
      frame: (bytes) => closed.frames.push(bytes),
      close: (code) => {
        closed.code = code;
      },
    },
    room.newClient(),
  );
  return { closed, send: (bytes) => typeof tab !== "number" && tab.frame(bytes) };
}

test.each<[string, () => Uint8Array, RoomClosed]>([
  ["garbage", () => Uint8Array.of(9, 9, 9), ROOM_CLOSED.malformed],
  ["an update that Yjs cannot read", () => updateFrame(filled(40, 255)), ROOM_CLOSED.malformed],
  [
    "a state vector that it cannot read",
    () => Uint8Array.of(0, 0, 2, 9, 255),
    ROOM_CLOSED.malformed,
  ],
  ["edits in another's name", () => updateFrame(foreign("x")), ROOM_CLOSED.malformed],
])("[YR13] a tab that sends %s is closed, and the document is as it was", (_, frame, code) => {
  const host = hostOf(1);
  const { closed, send } = raw(host.room);
  const before = host.room.state();
  send(frame());
  expect(closed.code).toBe(code);
  expect(host.room.state()).toEqual(before);
  expect(host.wrote).toEqual([]);
});

function foreign(text: string): Uint8Array {
  const doc = new Y.Doc();
  doc.getText("text").insert(0, text);
  return Y.encodeStateAsUpdate(doc);
}

test("[YR13] an edit that no entry can carry closes the tab", async () => {
  const host = hostOf(1);
  const tab = tabOf(host);
  await settle();
  tab.text.insert(0, "x".repeat(70_000));
  await settle();
  expect(tab.closedWith()).toBe(ROOM_CLOSED.full);
});

test("[YR13] a stranger's client id and one tab too many are refused", () => {
  const { room } = hostOf(1);
  const socket = { frame: () => undefined, close: () => undefined };
  expect(room.attach(socket, 5)).toBe(ROOM_CLOSED.forbidden);
  for (let i = 0; i < TABS_MAX; i += 1) raw(room);
  expect(room.attach(socket, room.newClient())).toBe(ROOM_CLOSED.restart);
});

test("[YR14] the room is heard every ten seconds while a tab is there, and not longer", async () => {
  const host = hostOf(1);
  const { closed } = raw(host.room);
  const before = closed.frames.length;
  await timers.advance(KEEP_ALIVE_MS);
  expect(closed.frames.slice(before)).toEqual([awarenessFrame([])]);
  host.room.close(ROOM_CLOSED.forbidden);
  expect(closed.code).toBe(ROOM_CLOSED.forbidden);
  await timers.advance(KEEP_ALIVE_MS);
  expect(timers.waiting).toBe(0);
});

test("[YR19] what many editors did is split among entries, each in their own name, and is all of it", async () => {
  const [host, other] = [hostOf(1), hostOf(2)];
  const editors = 40;
  for (let n = 0; n < editors; n += 1) {
    const tab = tabOf(host);
    await settle();
    tab.text.insert(0, `${n} `);
    await settle();
    tab.close();
  }
  const strange = tabOf(other);
  await settle();
  strange.text.insert(0, "theirs");
  other.room.flush();
  deliver(other, host);
  host.room.flush();
  const parts = host.room.parts(Array.from({ length: editors }, (_, n) => n));
  expect(parts?.map(({ nonces }) => nonces.length)).toEqual([20, 20]);
  const doc = new Y.Doc();
  for (const part of parts ?? []) {
    const decoded = decodeRoomUpdate(encodeRoomUpdate(part), host.log);
    expect(decoded.ok).toBe(true);
    Y.applyUpdate(doc, part.update);
  }
  const words = doc.getText("text").toJSON().trim().split(" ");
  expect(new Set(words)).toEqual(new Set(Array.from({ length: editors }, (_, n) => `${n}`)));
});

test("[YR19] what one editor did and does not fit an entry makes no snapshot", async () => {
  const host = hostOf(1);
  const tab = tabOf(host);
  await settle();
  for (let n = 0; n < 5; n += 1) tab.text.insert(0, "x".repeat(15_000));
  await settle();
  host.room.flush();
  expect(host.room.parts([0])).toBeUndefined();
});

test("[YR23] what another device nests, however deeply, breaks nothing for who reads the settings", () => {
  const { room } = hostOf(1);
  const theirs = new Y.Doc();
  const settings = theirs.getMap("settings");
  theirs.transact(() => {
    settings.set("presenceShown", false);
    let within: Y.Map<unknown> = settings;
    for (let depth = 0; depth < 5_000; depth += 1) {
      const next = new Y.Map<unknown>();
      within.set("a", next);
      within = next;
    }
  });
  expect(room.apply(Y.encodeStateAsUpdate(theirs))).toBe(true);
  expect(room.map("settings")).toEqual({ presenceShown: false });
});

test("[YR24] another device makes no document larger than can be kept", () => {
  const { room } = hostOf(1);
  const piece = "x".repeat(UPDATE_BYTES_MAX - 64);
  let taken = 0;
  for (; taken < 2_000; taken += 1) {
    const theirs = new Y.Doc();
    theirs.getText("t").insert(0, piece);
    if (!room.apply(Y.encodeStateAsUpdate(theirs))) break;
  }
  expect(taken * piece.length).toBeGreaterThan(MERGED_BYTES_MAX / 2);
  expect(room.state().length).toBeLessThanOrEqual(MERGED_BYTES_MAX);
  room.close(ROOM_CLOSED.restart);
});
