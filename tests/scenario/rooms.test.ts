import { afterEach, expect, test } from "vitest";

import type { TabRoom } from "../../app/rooms/tab-room.ts";
import { entryOf } from "../../sync/channel/thread-rows.ts";
import { KINDS } from "../../sync/entry/kinds.ts";
import type { RoomName } from "../../sync/rooms/names.ts";
import { parseSettings } from "../../sync/rooms/settings.ts";
import { SNAPSHOT_EDITS } from "../../sync/rooms/snapshot.ts";
import {
  ALWAYS_MS,
  isPinnedChat,
  isPutAway,
  NO_MARKS,
  toldOf,
} from "../../sync/thread/chat-marks.ts";
import { editorOf, kept } from "./editor.ts";
import type { Person } from "./person.ts";
import { linked } from "./sibling.ts";
import { MINUTE_MS, SECOND_MS, type World, world } from "./world.ts";

const open: TabRoom[] = [];
afterEach(() => {
  for (const room of open.splice(0)) room.close();
});

async function tabIn(person: Person, room: RoomName = "drafts"): Promise<TabRoom> {
  const editor = await editorOf(person, room);
  open.push(editor);
  return editor;
}

const draftIn = ({ doc }: TabRoom): string => doc.getText("chat").toJSON();
const write = ({ doc }: TabRoom, at: number, text: string): void =>
  doc.getText("chat").insert(at, text);

/** A person's phone and laptop. */
async function twoDevices(): Promise<World<"phone" | "laptop">> {
  const all = await world(["phone", "laptop"]);
  await linked(all.phone, all.laptop);
  await all.pass(20 * SECOND_MS);
  return all;
}

test("[YR15] what is typed on one device is there on the other, and both ways", async () => {
  const { phone, laptop, pass, atRest } = await twoDevices();
  const mine = await tabIn(phone);
  write(mine, 0, "on my way");
  await pass(5 * SECOND_MS);
  const theirs = await tabIn(laptop);
  expect(draftIn(theirs)).toBe("on my way");
  write(theirs, 9, ", wait");
  await pass(5 * SECOND_MS);
  expect(draftIn(mine)).toBe("on my way, wait");
  await atRest();
});

test("[YR8] drafts that were typed offline on both devices merge", async () => {
  const { phone, laptop, pass } = await twoDevices();
  const [mine, theirs] = [await tabIn(phone), await tabIn(laptop)];
  write(mine, 0, "begun");
  await pass(5 * SECOND_MS);
  phone.disconnect();
  laptop.disconnect();
  write(mine, 5, " here");
  write(theirs, 0, "well ");
  await pass(MINUTE_MS);
  expect([draftIn(mine), draftIn(theirs)]).toEqual(["begun here", "well begun"]);
  phone.reconnect();
  laptop.reconnect();
  await pass(MINUTE_MS);
  expect([draftIn(mine), draftIn(theirs)]).toEqual(["well begun here", "well begun here"]);
});

test("[YR15] a tab hears that its edit is kept, and then a crash loses nothing", async () => {
  const { phone, pass } = await twoDevices();
  const tab = await tabIn(phone);
  write(tab, 0, "kept");
  const isKept = kept(tab);
  await pass(3 * SECOND_MS);
  await isKept;
  write(tab, 4, " and lost");
  phone.crash();
  await phone.wake();
  await pass(SECOND_MS);
  expect(draftIn(await tabIn(phone))).toBe("kept");
});

test("[YR15] what was edited is written before the device closes", async () => {
  const { phone, pass } = await twoDevices();
  write(await tabIn(phone), 0, "at the last moment");
  await pass(100);
  await phone.sleep();
  await phone.wake();
  await pass(SECOND_MS);
  expect(draftIn(await tabIn(phone))).toBe("at the last moment");
});

test("[YR16] without room on the disk the tab is sent away, and what it brings again is kept", async () => {
  const { phone, laptop, pass } = await twoDevices();
  const tab = await tabIn(phone);
  phone.isDiskFull = true;
  write(tab, 0, "no room");
  await pass(3 * SECOND_MS);
  phone.isDiskFull = false;
  await expect
    .poll(() => pass(SECOND_MS).then(() => phone.rows("ydocs")))
    .toSatisfy((rows: readonly { readonly room: string }[]) =>
      rows.some(({ room }) => room === "drafts"),
    );
  await expect
    .poll(async () => {
      await pass(3 * SECOND_MS);
      const other = await tabIn(laptop);
      return draftIn(other);
    })
    .toBe("no room");
});

test("[YR17] a device that opens later takes in what waited, and keeps nothing twice", async () => {
  const { phone, laptop, pass } = await twoDevices();
  await laptop.sleep();
  const tab = await tabIn(phone);
  for (const letter of "abc") {
    write(tab, draftIn(tab).length, letter);
    await pass(3 * SECOND_MS);
  }
  await laptop.wake();
  await pass(10 * SECOND_MS);
  expect(await laptop.rows("yups")).toEqual([]);
  expect(draftIn(await tabIn(laptop))).toBe("abc");
  expect(laptop.dropped).toEqual([]);
  expect(laptop.bugs).toEqual([]);
});

test("[YR18] a setting is the account's: all its devices have it, and keep it", async () => {
  const { phone, laptop, bob, pass, befriend } = await world(["phone", "laptop", "bob"]);
  await befriend(phone, bob);
  await linked(phone, laptop);
  await pass(20 * SECOND_MS);
  const settingsOf = async (person: Person): Promise<unknown> =>
    parseSettings((await person.rows("meta")).find(({ k }) => k === "settings")?.v);
  const room = await tabIn(phone, "settings");
  room.doc.getMap("settings").set("presenceShown", false);
  room.flush();
  await pass(5 * SECOND_MS);
  const hidden = { presenceShown: false, receiptsSent: true };
  expect([await settingsOf(phone), await settingsOf(laptop)]).toEqual([hidden, hidden]);
  expect(await settingsOf(bob)).toEqual({ presenceShown: true, receiptsSent: true });
  bob.device.watch([await phone.account()]);
  laptop.device.visible(true);
  await pass(MINUTE_MS);
  expect(bob.status?.presence[await phone.account()]?.online ?? false).toBe(false);
});

test("[YR16] nobody enters a room that is none, or before there is an account", async () => {
  const { bob } = await world(["bob"], { newcomers: ["bob"] });
  expect(await bob.device.rooms.enter("drafts")).toEqual({
    ok: false,
    error: { type: "NotStarted" },
  });
  const unknown = { ok: false, error: { type: "RoomUnknown" } };
  expect(await bob.device.rooms.enter("notes")).toEqual(unknown);
  const socket = { frame: () => undefined, close: () => undefined };
  expect(await bob.device.openRoom("notes", socket, 1)).toBe(4403);
  expect(await bob.device.openRoom("drafts", socket, 1)).toBe(4500);
});

test("[CM3] mute, pin and archive hold on all devices, and the last word does", async () => {
  const { phone, laptop, pass, atRest, nowMs } = await twoDevices();
  const marksOn = async (person: Person) => (await person.rows("chatMarks"))[0]?.marks ?? NO_MARKS;
  const c = await phone.chatWith(phone);
  await phone.device.chats.mute(c, ALWAYS_MS, "mentions");
  await phone.device.chats.pin(c, true);
  await pass(5 * SECOND_MS);
  const marks = await marksOn(laptop);
  expect([toldOf(marks, nowMs()), isPinnedChat(marks)]).toEqual(["mentions", true]);
  await laptop.device.chats.mute(await laptop.chatWith(laptop), 0, "all");
  await laptop.device.chats.pin(await laptop.chatWith(laptop), false);
  await pass(5 * SECOND_MS);
  const after = await marksOn(phone);
  expect([toldOf(after, nowMs()), isPinnedChat(after)]).toEqual(["all", false]);
  expect(after).toEqual(await marksOn(laptop));
  const entries = (await phone.rows("entries")).length;
  await phone.device.chats.pin(c, false);
  await phone.device.chats.mute(c, 0, "all");
  expect((await phone.rows("entries")).length).toBe(entries);
  expect(await phone.device.chats.pin(999, true)).toMatchObject({ ok: false });
  await atRest();
});

test("[CM4] a chat that a message brought back from the archive stays in the list when it is muted", async () => {
  const { phone, bob, pass, befriend, nowMs } = await world(["phone", "bob"]);
  await befriend(phone, bob);
  const isAway = async (): Promise<boolean> => {
    const [row] = await phone.rows("chatMarks");
    const channel = (await phone.rows("channels")).find(({ id }) => id === row?.id);
    return isPutAway(row?.marks ?? NO_MARKS, channel?.lastH ?? 0, nowMs());
  };
  await bob.say(phone, "before");
  await pass(5 * SECOND_MS);
  const c = await phone.chatWith(bob);
  await phone.device.chats.archive(c, true);
  expect(await isAway()).toBe(true);
  await bob.say(phone, "after");
  await pass(5 * SECOND_MS);
  expect(await isAway()).toBe(false);
  await phone.device.chats.mute(c, ALWAYS_MS, "nothing");
  expect(await isAway()).toBe(false);
  await phone.device.chats.archive(c, true);
  await bob.say(phone, "quiet");
  await pass(5 * SECOND_MS);
  expect(await isAway()).toBe(true);
});

test("[RR1] [RR2] who does not tell what they read is still known to have what they have", async () => {
  const { phone, laptop, bob, pass, befriend } = await world(["phone", "laptop", "bob"]);
  await befriend(phone, bob);
  await linked(phone, laptop);
  await pass(20 * SECOND_MS);
  await bob.say(phone, "one");
  await pass(5 * SECOND_MS);
  await phone.read(bob);
  await pass(5 * SECOND_MS);
  const room = await tabIn(laptop, "settings");
  room.doc.getMap("settings").set("receiptsSent", false);
  room.flush();
  await pass(5 * SECOND_MS);
  await bob.say(phone, "two");
  await pass(5 * SECOND_MS);
  await phone.read(bob);
  await pass(10 * SECOND_MS);
  expect(await bob.states(phone)).toEqual(["read", "delivered"]);
  expect(await laptop.unread(bob)).toBe(0);
  room.doc.getMap("settings").set("receiptsSent", true);
  room.flush();
  await pass(5 * SECOND_MS);
  await bob.say(phone, "three");
  await pass(10 * SECOND_MS);
  expect(await bob.states(phone)).toEqual(["read", "read", "delivered"]);
});

test("[YR19] [YR20] many edits become a snapshot, and lose their bodies on both devices", async () => {
  const { phone, laptop, pass, atRest } = await twoDevices();
  const tab = await tabIn(phone);
  for (let n = 0; n < SNAPSHOT_EDITS; n += 1) {
    write(tab, n, "x");
    tab.flush();
    if (n % 50 === 0) await pass(SECOND_MS);
  }
  // A relay takes so many from one sender, and a person types more slowly.
  await pass(10 * MINUTE_MS);
  expect(draftIn(await tabIn(laptop))).toBe("x".repeat(SNAPSHOT_EDITS));
  for (const person of [phone, laptop]) {
    const rows = await person.rows("entries");
    const edits = rows.filter(({ kind }) => kind === KINDS.ydoc.number);
    expect(edits.length).toBe(SNAPSHOT_EDITS);
    expect(rows.filter(({ kind }) => kind === KINDS.ydocSnapshot.number)).toHaveLength(1);
    expect(edits.filter((row) => entryOf(row).body !== null)).toEqual([]);
  }
  write(tab, 0, "and ");
  await pass(5 * SECOND_MS);
  expect(draftIn(await tabIn(laptop))).toBe(`and ${"x".repeat(SNAPSHOT_EDITS)}`);
  await atRest();
});

test("[YR20] a device that is linked afterwards has all of it from what is left", async () => {
  const { phone, laptop, pass } = await world(["phone", "laptop"]);
  const tab = await tabIn(phone);
  for (let n = 0; n < SNAPSHOT_EDITS + 3; n += 1) {
    write(tab, n, n % 10 === 0 ? "o" : "x");
    tab.flush();
  }
  await pass(MINUTE_MS);
  await linked(phone, laptop);
  await pass(30 * SECOND_MS);
  expect(draftIn(await tabIn(laptop))).toBe(draftIn(tab));
  expect(laptop.dropped).toEqual([]);
});

test("[YR21] a disk that was put back gives no client id away again", async () => {
  const { phone, pass } = await twoDevices();
  const restore = phone.backUp();
  const lost = await tabIn(phone);
  write(lost, 0, "lost");
  await pass(5 * SECOND_MS);
  await phone.sleep();
  restore();
  await phone.wake();
  expect((await tabIn(phone)).doc.clientID).not.toBe(lost.doc.clientID);
});

test("[YR22] a disk that was put back, and is known to be, takes in what it lost and goes on", async () => {
  const { phone, laptop, pass } = await twoDevices();
  let note: string | null = null;
  phone.keepsake = {
    read: () => Promise.resolve(note),
    write: (text) => {
      note = text;
      return Promise.resolve();
    },
  };
  await phone.sleep();
  await phone.wake();
  write(await tabIn(phone), 0, "before");
  await pass(5 * SECOND_MS);
  const restore = phone.backUp();
  await phone.sleep();
  await phone.wake();
  const lost = await tabIn(phone);
  write(lost, 6, " and after");
  await pass(5 * SECOND_MS);
  for (const room of open.splice(0)) room.close();
  await phone.sleep();
  restore();
  await phone.wake();
  await pass(MINUTE_MS);
  const tab = await tabIn(phone);
  write(tab, draftIn(tab).length, ", again");
  await pass(5 * MINUTE_MS);
  const all = "before and after, again";
  expect([draftIn(tab), draftIn(await tabIn(laptop))]).toEqual([all, all]);
  expect([phone.bugs, laptop.bugs]).toEqual([[], []]);
});
