import "fake-indexeddb/auto";
import { expect, test } from "vitest";

import { mayPinIn, mayWriteIn, readChat, readChats } from "../../../app/db/chats.ts";
import { cleanName } from "../../../app/db/people.ts";
import {
  channelsOf,
  contactsOf,
  entriesOf,
  logsOf,
  metaOf,
  rosterOpsOf,
  rostersOf,
} from "../../../app/db/tables.ts";
import {
  channel,
  contact,
  DAY,
  entry,
  log,
  member,
  openRows,
  roster,
  rosterOp,
  THEM,
  US,
} from "./rows.ts";

const HLC_PER_MS = 2_048;

test("[ACH1] lists the newest chat first; one without messages stands by its contact's age", async () => {
  const db = await openRows();
  const [old, fresh] = ["cc".repeat(32), "dd".repeat(32)];
  await contactsOf(db).bulkAdd([
    contact(THEM, { name: "Bob" }),
    contact(old, { name: "Old", addedAtMs: DAY - 9_000 }),
    contact(fresh, { name: "Fresh", addedAtMs: DAY + 5_000, state: "request" }),
  ]);
  await channelsOf(db).bulkAdd([
    channel(1, { kind: "self", account: US, lastH: (DAY - 1_000) * HLC_PER_MS }),
    channel(2, { lastH: (DAY + 1_000) * HLC_PER_MS, unread: 3 }),
    channel(3, { account: old }),
    channel(4, { account: fresh }),
  ]);
  const list = await readChats(db);
  expect(list.map(({ c }) => c)).toEqual([4, 2, 1, 3]);
  expect(list[1]).toMatchObject({
    name: "Bob",
    unread: 3,
    state: "accepted",
    recentMs: DAY + 1_000,
  });
  expect(list[2]).toMatchObject({ kind: "self", name: "", state: null });
  expect(await readChat(db, 4)).toMatchObject({ name: "Fresh", state: "request" });
  expect(await readChat(db, 5)).toBeUndefined();
});

test("[APE1] a name cannot reorder, hide or blank what stands beside it", () => {
  expect(cleanName("Eve\u202Eecila")).toBe("Eveecila");
  expect(cleanName(" A\u0000l\u200Bi\nce ")).toBe("Ali ce");
  for (const blank of ["", "   ", "\u3164", "\u2800\u115F", "\u200D", "\u2066\u2069"]) {
    expect(cleanName(blank)).toBe("?");
  }
  // Written with joiners: a family, and a Persian name.
  expect(cleanName("👨‍👩‍👧 Nima‌zad")).toBe("👨‍👩‍👧 Nima‌zad");
});

const CAROL = "cc".repeat(32);

async function withGroup(members = [member(THEM, "owner"), member(US)], joining = {}) {
  const db = await openRows();
  await contactsOf(db).bulkAdd([
    contact(THEM, { name: "Bob" }),
    contact(CAROL, { name: "Carol\u202E", state: "member" }),
  ]);
  await metaOf(db).add({ k: "self", v: { account: US, name: "Alice" } });
  await channelsOf(db).bulkAdd([
    channel(1, { kind: "self", account: US }),
    channel(2, { kind: "group", account: "", lastH: DAY * HLC_PER_MS }),
  ]);
  await rostersOf(db).add(roster(2, members, joining));
  return db;
}

test("[ACH3] a group is called by its title, says how many are in it, and what one is there", async () => {
  const db = await withGroup();
  const chat = await readChat(db, 2);
  expect(chat).toMatchObject({
    kind: "group",
    name: "Climbing",
    account: "2".padStart(32, "0"),
    state: null,
    group: { size: 2, role: "member", joining: null },
  });
  expect([mayWriteIn(chat!), mayPinIn(chat!)]).toEqual([true, false]);
  expect((await readChats(db)).map(({ c }) => c)).toEqual([2, 1]);
  const outside = await readChat(await withGroup([member(THEM, "owner")]), 2);
  expect([outside!.group!.role, mayWriteIn(outside!)]).toEqual([null, false]);
});

test("[ACH4] a group that one waits for is there, and one without a word of it is not", async () => {
  const joining = { state: "waiting", tag: "", admins: [], atMs: DAY } as const;
  const waiting = await readChat(await withGroup([], { title: "", joining }), 2);
  expect(waiting).toMatchObject({ name: "?", group: { role: null, joining: "waiting" } });
  const unheard = await readChat(await withGroup([], { title: "" }), 2);
  expect(unheard).toBeUndefined();
});

test("[ANE1] its newest line tells who wrote it, or what happened to whom", async () => {
  const db = await withGroup();
  await logsOf(db).bulkAdd([log(1, { c: 2 }), log(2, { c: 2, account: THEM })]);
  await entriesOf(db).add(entry(4, { c: 2, kind: 17, own: true }));
  const act = { type: "add", account: CAROL, role: "member", floor: 0, invite: null } as const;
  await rosterOpsOf(db).add(rosterOp(4, act, US, { c: 2 }));
  const newest = async (preview: object) => {
    await channelsOf(db).update(2, { preview: { text: "", own: false, ...preview } });
    return (await readChats(db)).find(({ c }) => c === 2)?.newest;
  };
  const people = new Map([
    [THEM, "Bob"],
    [CAROL, "Carol"],
  ]);
  expect(await newest({ at: [2, 9], text: "hello" })).toEqual({
    author: THEM,
    line: null,
    people,
  });
  expect(await newest({ at: [1, 4], own: true })).toEqual({
    author: US,
    line: { type: "op", by: US, act },
    people,
  });
});

test("[ANC1] somebody has written where it was not only us", async () => {
  const db = await openRows();
  await contactsOf(db).add(contact(THEM, { name: "Bob" }));
  const newsMs = async (theirs?: { lastH: number; seenH: number }): Promise<number> => {
    const said = { lastH: DAY * HLC_PER_MS, preview: { text: "hi", own: true } };
    await channelsOf(db).put(channel(1, { ...said, ...(theirs !== undefined && { theirs }) }));
    return (await readChats(db))[0]?.newsMs ?? -1;
  };
  expect(await newsMs()).toBe(0);
  expect(await newsMs({ lastH: 0, seenH: 0 })).toBe(0);
  expect(await newsMs({ lastH: (DAY - 5) * HLC_PER_MS, seenH: 0 })).toBe(DAY - 5);
});
