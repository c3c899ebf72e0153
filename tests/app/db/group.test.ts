import "fake-indexeddb/auto";
import { expect, test } from "vitest";

import { mayDo, readGroup, standingsOf } from "../../../app/db/group.ts";
import { channelsOf, contactsOf, rosterOpsOf, rostersOf } from "../../../app/db/tables.ts";
import { may, type Standing } from "../../../sync/roster/may.ts";
import { channel, contact, member, openRows, roster, rosterOp, THEM, US } from "./rows.ts";

const CAROL = "cc".repeat(32);
const CREATE = { type: "create", account: THEM, name: "Climbing", policy: "week" } as const;

async function shown(row = {}) {
  const db = await openRows();
  await contactsOf(db).bulkAdd([
    contact(US, { name: "Alice", state: "self" }),
    contact(THEM, { name: "Bob\u202E", lastSeenMs: 5 }),
    contact(CAROL, { name: "Carol", state: "member", lastSeenMs: 7 }),
  ]);
  await channelsOf(db).bulkAdd([channel(1, { kind: "group" }), channel(2)]);
  const members = [member(THEM, "owner"), member(CAROL, "admin"), member(US, "admin")];
  await rostersOf(db).add(roster(1, members, row));
  await rosterOpsOf(db).bulkAdd([rosterOp(2, { type: "leave", cut: [] }), rosterOp(3, CREATE)]);
  return (await readGroup(db, 1, US))!;
}

test("[AGP1] [AGP3] the highest rank is first; a chat and presence are of contacts alone", async () => {
  const { members, role } = await shown();
  expect(members).toEqual([
    expect.objectContaining({ name: "Bob", role: "owner", isContact: true, c: 2, lastSeenMs: 5 }),
    expect.objectContaining({ name: "Carol", isContact: false, c: null, lastSeenMs: 0 }),
    expect.objectContaining({ name: "Alice", own: true, isContact: false }),
  ]);
  expect(role).toBe("admin");
});

test("[AGP4] what newcomers read is as founded, unless it was said since", async () => {
  expect((await shown()).history).toBe("week");
  expect((await shown({ history: "all" })).history).toBe("all");
});

test("[AGP2] what one may is what the roster's table says of the true standings", async () => {
  const group = await shown();
  const truth = new Map<string, Standing>([
    [THEM, { role: "owner", since: 0, floor: 0 }],
    [CAROL, { role: "admin", since: 4, floor: 0 }],
    [US, { role: "admin", since: 9, floor: 0 }],
  ]);
  for (const account of [THEM, CAROL, US, "ee".repeat(32)]) {
    for (const actor of [THEM, CAROL, US]) {
      const actions = [
        { type: "remove", account },
        { type: "add", account, role: "admin" },
        { type: "role", account, role: "member" },
        { type: "role", account, role: "owner" },
        { type: "meta" },
      ] as const;
      for (const action of actions) {
        expect(mayDo(group, actor, action)).toBe(may(truth, actor, action).ok);
      }
    }
  }
  expect([...standingsOf([])]).toEqual([]);
});

test("[AGP1] a group that is not here is none", async () => {
  expect(await readGroup(await openRows(), 1, US)).toBeUndefined();
});
