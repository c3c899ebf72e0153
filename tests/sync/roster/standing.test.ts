import { beforeAll, expect, test } from "vitest";

import { ready } from "../../../crypto/base/sodium.ts";
import type { RosterOp } from "../../../sync/roster/ops.ts";
import { resolve } from "../../../sync/roster/resolve.ts";
import { targetOf } from "../../../sync/roster/standing.ts";
import { add, create, leave, opOf, remove, role } from "./ops-of.ts";

beforeAll(() => ready);

const ann = create("ann");
const ben = add("ann", "ben", "admin", [ann]);
const cat = add("ann", "cat", "admin", [ben]);
const dan = add("ben", "dan", "member", [cat]);
const base = [ann, ben, cat, dan];

/** "name role", the highest rank first. */
const membersOf = (...ops: readonly RosterOp[]): readonly string[] =>
  [...resolve([...base, ...ops]).members].map(([name, it]) => `${name} ${it.role}`);

test("[RO11] who is added is a member, and is not once they were removed or left", () => {
  expect(membersOf()).toEqual(["ann owner", "ben admin", "cat admin", "dan member"]);
  const gone = remove("ben", "dan", [dan]);
  expect(membersOf(gone)).toEqual(["ann owner", "ben admin", "cat admin"]);
  const left = leave("ben", [gone]);
  expect(membersOf(gone, left)).toEqual(["ann owner", "cat admin"]);
  const back = add("cat", "dan", "member", [left]);
  expect(membersOf(gone, left, back)).toEqual(["ann owner", "cat admin", "dan member"]);
});

test("[RO11] adds beside each other are one: higher role, earlier rank, lower floor", () => {
  const eve = add("cat", "eve", "member", [dan], { floor: 5 });
  const fay = add("ann", "fay", "admin", [eve]);
  const again = add("ann", "eve", "admin", [dan], { floor: 9 });
  const roster = resolve([...base, eve, fay, again]);
  expect(roster.members.get("eve")).toMatchObject({ role: "admin", floor: 5 });
  expect([...roster.members.keys()]).toEqual(["ann", "ben", "cat", "eve", "fay", "dan"]);
});

test("[RO11] of two roles given beside each other the higher holds, of two taken the lower", () => {
  const raised = [role("ann", "dan", "owner", [dan]), role("ben", "dan", "admin", [dan])];
  expect(membersOf(...raised)).toContain("dan owner");
  const owner = role("ann", "ben", "owner", [dan]);
  const lowered = [role("ann", "ben", "admin", [owner]), role("ann", "ben", "member", [owner])];
  expect(membersOf(owner, ...lowered)).toContain("ben member");
});

test("[RO11] a role given in order is the last one", () => {
  const up = role("ann", "dan", "owner", [dan]);
  const down = role("ann", "dan", "member", [up]);
  const upAgain = role("ben", "dan", "admin", [down]);
  expect(membersOf(up, down)).toContain("dan member");
  expect(membersOf(up, down, upAgain)).toContain("dan admin");
});

test("[RO12] when the last owner leaves, the longest-standing admin is owner", () => {
  const left = leave("ann", [dan]);
  expect(membersOf(left)).toEqual(["ben owner", "cat admin", "dan member"]);
  const andBen = leave("ben", [left]);
  expect(membersOf(left, andBen)).toEqual(["cat owner", "dan member"]);
  const andCat = leave("cat", [andBen]);
  expect(membersOf(left, andBen, andCat)).toEqual(["dan owner"]);
  const andDan = leave("dan", [andCat]);
  expect(membersOf(left, andBen, andCat, andDan)).toEqual([]);
});

test("[RO12] such an owner may all that owners may, and stays one beside those they make", () => {
  const left = leave("ann", [dan]);
  const made = role("ben", "cat", "owner", [left]);
  expect(membersOf(left, made)).toEqual(["ben owner", "cat owner", "dan member"]);
  const onlyMembers = [left, leave("ben", [left])];
  onlyMembers.push(leave("cat", [onlyMembers[1]!]));
  const eve = add("dan", "eve", "owner", [onlyMembers[2]!]);
  expect(membersOf(...onlyMembers, eve)).toEqual(["dan owner", "eve owner"]);
  const tooMuch = role("cat", "cat", "owner", [left]);
  expect(membersOf(left, tooMuch)).toEqual(["ben owner", "cat admin", "dan member"]);
});

test("[RO12] two owners who leave beside each other leave the group to the next", () => {
  const owner = role("ann", "ben", "owner", [dan]);
  const both = [leave("ann", [owner]), leave("ben", [owner])];
  expect(membersOf(owner, ...both)).toEqual(["cat owner", "dan member"]);
});

test("[RO1] an op of a later kind concerns nobody, and others may come after it", () => {
  const later = opOf("ann", { type: "unknown", kind: 31 }, [dan]);
  const eve = add("ben", "eve", "member", [later]);
  expect(targetOf(later)).toBeUndefined();
  expect(membersOf(later, eve)).toContain("eve member");
  expect(resolve([...base, later]).voids.get(later.id)).toEqual({ type: "Unknown", kind: 31 });
});
