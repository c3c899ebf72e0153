import { beforeAll, expect, test } from "vitest";

import { ready } from "../../../crypto/base/sodium.ts";
import { MEMBERS_MAX } from "../../../sync/roster/may.ts";
import type { RosterOp } from "../../../sync/roster/ops.ts";
import { resolve, type Roster } from "../../../sync/roster/resolve.ts";
import { NO_EVIDENCE } from "../../../sync/roster/trial.ts";
import { add, create, leave, remove, role } from "./ops-of.ts";

beforeAll(() => ready);

/** ann made the group; ben, cat and dan are admins in this order; eve is a member. */
const ann = create("ann", { log: "ann", seq: 2 });
const ben = add("ann", "ben", "admin", [ann], { log: "ann", seq: 3 });
const cat = add("ann", "cat", "admin", [ben], { log: "ann", seq: 4 });
const dan = add("ann", "dan", "admin", [cat], { log: "ann", seq: 5 });
const eve = add("ben", "eve", "member", [dan], { log: "ben", seq: 2 });
const base = [ann, ben, cat, dan, eve];

const rosterOf = (...ops: readonly RosterOp[]): Roster => resolve([...base, ...ops]);
const namesOf = (roster: Roster): readonly string[] => [...roster.members.keys()];
const ended = (by: RosterOp): unknown => ({ type: "Ended", by: by.id });
const refused = (type: string): unknown => expect.objectContaining({ refusal: { type } });

test("[RO13] an op counts by what its author knew, and not by what came after", () => {
  const fay = add("dan", "fay", "member", [eve]);
  const lowered = role("ann", "dan", "member", [fay]);
  const late = add("dan", "gus", "member", [lowered]);
  const roster = rosterOf(fay, lowered, late);
  expect(namesOf(roster)).toEqual(["ann", "ben", "cat", "dan", "eve", "fay"].toSorted());
  expect(roster.voids.get(late.id)).toEqual({
    type: "Refused",
    refusal: { type: "RoleTooLow", needed: "admin" },
  });
  const byNobody = add("zoe", "zac", "member", [eve]);
  expect(rosterOf(byNobody).voids.get(byNobody.id)).toEqual(refused("NotMember"));
});

test("[RO13] an op that rests on a void one is void", () => {
  const fay = add("cat", "fay", "admin", [eve]);
  const gus = add("fay", "gus", "member", [fay]);
  const roster = rosterOf(fay, gus, remove("ben", "cat", [eve]));
  expect(roster.voids.get(gus.id)).toEqual(refused("NotMember"));
});

test("[RO14] what a removed admin does beside the removal is void, except leaving", () => {
  const removal = remove("ben", "dan", [eve]);
  const acts = [
    add("dan", "fay", "member", [eve]),
    remove("dan", "eve", [eve]),
    role("dan", "eve", "admin", [eve]),
  ];
  const left = leave("dan", [eve]);
  const roster = rosterOf(removal, ...acts, left);
  expect(acts.map(({ id }) => roster.voids.get(id))).toEqual(acts.map(() => ended(removal)));
  expect(roster.voids.has(left.id)).toBe(false);
  expect(namesOf(roster)).toEqual(["ann", "ben", "cat", "eve"]);
});

test("[RO14] what was known to the remover stays", () => {
  const fay = add("dan", "fay", "member", [eve]);
  const removal = remove("ben", "dan", [fay]);
  expect(namesOf(rosterOf(fay, removal))).toEqual(["ann", "ben", "cat", "eve", "fay"]);
});

test("[RO14] a lowered admin's add beside that is void", () => {
  const lowered = role("ann", "dan", "member", [eve]);
  const fay = add("dan", "fay", "member", [eve]);
  expect(rosterOf(lowered, fay).voids.get(fay.id)).toEqual(ended(lowered));
});

test("[RO15] beside a removal no add of the same person counts, after it one does", () => {
  const gone = remove("ben", "eve", [eve]);
  const back = add("cat", "eve", "member", [gone]);
  const goneAgain = remove("ann", "eve", [eve]);
  expect(namesOf(rosterOf(gone, back))).toContain("eve");
  const roster = rosterOf(gone, back, goneAgain);
  expect(roster.voids.get(back.id)).toEqual(ended(goneAgain));
  expect(namesOf(roster)).not.toContain("eve");
});

test("[RO15] beside a removal or a lower role no higher one counts", () => {
  const raised = role("ann", "eve", "owner", [eve]);
  const gone = remove("dan", "eve", [eve]);
  expect(rosterOf(raised, gone).voids.get(raised.id)).toEqual(ended(gone));
  const owner = role("ann", "dan", "owner", [eve]);
  const lowered = role("ben", "dan", "member", [eve]);
  const roster = rosterOf(owner, lowered);
  expect(roster.voids.get(owner.id)).toEqual(ended(lowered));
  expect(roster.members.get("dan")?.role).toBe("member");
});

test("[RO15] who leaves one add beside another is gone", () => {
  const gone = remove("ann", "eve", [eve]);
  const adds = [add("ben", "eve", "member", [gone]), add("cat", "eve", "admin", [gone])];
  const left = leave("eve", [adds[0]!]);
  const roster = rosterOf(gone, ...adds, left);
  expect(roster.voids.get(adds[1]!.id)).toEqual(ended(left));
  expect(namesOf(roster)).not.toContain("eve");
});

test("[RO16] who leaves takes no removal back, and leaves no grant behind", () => {
  const gone = remove("dan", "eve", [eve]);
  const left = leave("dan", [eve]);
  const stale = add("dan", "fay", "admin", [eve]);
  const roster = rosterOf(gone, left, stale);
  expect(namesOf(roster)).toEqual(["ann", "ben", "cat"]);
  expect(roster.voids.get(stale.id)).toEqual(ended(left));
  expect(roster.voids.has(gone.id)).toBe(false);
});

test("[RO16] who steps down leaves no grant behind, and takes no removal back", () => {
  const down = role("dan", "dan", "member", [eve]);
  const stale = add("dan", "fay", "admin", [eve]);
  const gone = remove("dan", "eve", [eve]);
  const roster = rosterOf(down, stale, gone);
  expect(roster.voids.get(stale.id)).toEqual(ended(down));
  expect(roster.voids.has(gone.id)).toBe(false);
});

test("[RO17] when two admins remove each other the longer-standing stays", () => {
  const [byBen, byCat] = [remove("ben", "cat", [eve]), remove("cat", "ben", [eve])];
  const raised = role("ann", "cat", "owner", [eve]);
  const byOwner = remove("cat", "ben", [raised]);
  expect(namesOf(rosterOf(byBen, byCat))).toEqual(["ann", "ben", "dan", "eve"]);
  // cat became owner in a branch that ben does not know: her rank there is the higher.
  const roster = rosterOf(byBen, raised, byOwner);
  expect(namesOf(roster)).toEqual(["ann", "cat", "dan", "eve"]);
  expect(roster.voids.get(byBen.id)).toEqual(ended(byOwner));
});

test("[RO17] a circle of removals is cut where its highest rank strikes", () => {
  const catOwner = role("ann", "cat", "owner", [eve]);
  const danOwner = role("ann", "dan", "owner", [eve]);
  const byCat = remove("cat", "dan", [catOwner]);
  const byDan = remove("dan", "ben", [danOwner]);
  const byBen = remove("ben", "cat", [eve]);
  const roster = rosterOf(catOwner, danOwner, byBen, byCat, byDan);
  // cat, an owner in her branch, voids what dan did; then ben, an admin, what she did. It stays so.
  expect(namesOf(roster)).toEqual(["ann", "ben", "dan", "eve"]);
  expect(roster.voids.get(byDan.id)).toEqual(ended(byCat));
  expect(roster.voids.get(byCat.id)).toEqual(ended(byBen));
});

test("[RO17] a removal that was voided voids nothing any more", () => {
  const byDan = remove("dan", "eve", [eve]);
  const byCat = remove("cat", "dan", [eve]);
  const byBen = remove("ben", "cat", [eve]);
  // ben's voids cat's, and so dan's counts.
  const roster = rosterOf(byDan, byCat, byBen);
  expect(namesOf(roster)).toEqual(["ann", "ben", "dan"]);
  expect(roster.voids.size).toBe(1);
});

test("[RO18] grants from a forked number on are void, endings are not", () => {
  const fay = add("dan", "fay", "member", [eve], { log: "dan", seq: 7 });
  const gus = add("dan", "gus", "member", [eve], { log: "dan", seq: 7 });
  const hal = add("dan", "hal", "member", [fay], { log: "dan", seq: 8 });
  const gone = remove("dan", "eve", [eve], {}, { log: "dan", seq: 9 });
  const before = add("dan", "ida", "member", [eve], { log: "dan", seq: 6 });
  const roster = rosterOf(fay, gus, hal, gone, before);
  expect(namesOf(roster)).toEqual(["ann", "ben", "cat", "dan", "ida"]);
  expect([fay, gus, hal].map(({ id }) => roster.voids.get(id))).toEqual([
    { type: "Forked" },
    { type: "Forked" },
    { type: "Forked" },
  ]);
});

test("[RO18] what others built upon stays, however early the fork that is shown later", () => {
  const evidence = { ...NO_EVIDENCE, forkedAt: new Map([["ann", 2]]) };
  const roster = resolve(base, evidence);
  // ben's add of eve comes after all that ann did.
  expect(namesOf(roster)).toEqual(["ann", "ben", "cat", "dan", "eve"]);
  const fay = add("ann", "fay", "member", [eve], { log: "ann", seq: 6 });
  expect(namesOf(resolve([...base, fay], evidence))).not.toContain("fay");
  const later = leave("eve", [fay]);
  expect(namesOf(resolve([...base, fay, later], evidence))).toContain("fay");
});

test("[RO19] behind the end of a closed log nothing counts that nobody built upon", () => {
  const gone = remove("dan", "eve", [eve], {}, { log: "dan", seq: 9 });
  const evidence = (last: number): typeof NO_EVIDENCE => ({
    ...NO_EVIDENCE,
    closedAfter: new Map([["dan", last]]),
  });
  expect(namesOf(resolve([...base, gone], evidence(9)))).not.toContain("eve");
  const closed = resolve([...base, gone], evidence(8));
  expect(namesOf(closed)).toContain("eve");
  expect(closed.voids.get(gone.id)).toEqual({ type: "Closed" });
  const built = add("ann", "fay", "member", [gone]);
  expect(namesOf(resolve([...base, gone, built], evidence(8)))).not.toContain("eve");
});

test("[RO19] of a closed log counts what its account stands by, whatever forks are shown", () => {
  const fay = add("dan", "fay", "member", [eve], { log: "dan", seq: 5 });
  const gone = remove("dan", "eve", [eve], {}, { log: "dan", seq: 5 });
  const gus = add("dan", "gus", "member", [fay], { log: "dan", seq: 6 });
  const ops = [...base, fay, gone, gus];
  const closed = { ...NO_EVIDENCE, closedAfter: new Map([["dan", 6]]) };
  // Nothing tells yet which of the two it is: [RO18] holds.
  expect(namesOf(resolve(ops, closed))).not.toContain("eve");
  expect(namesOf(resolve(ops, closed))).not.toContain("fay");
  const settledFrom = new Map([["dan", 5]]);
  const settled = { ...closed, settledFrom, beside: new Set([gone.id]) };
  for (const forkedAt of [new Map<string, number>(), new Map([["dan", 3]])]) {
    const roster = resolve(ops, { ...settled, forkedAt });
    expect(namesOf(roster)).toEqual(expect.arrayContaining(["eve", "fay", "gus"]));
    expect(roster.voids.get(gone.id)).toEqual({ type: "Closed" });
  }
  const other = { ...closed, settledFrom, beside: new Set([fay.id, gus.id]) };
  for (const name of ["eve", "fay", "gus"]) {
    expect(namesOf(resolve(ops, other))).not.toContain(name);
  }
  // In front of what is settled a fork is a doubt as before.
  const later = { ...settled, settledFrom: new Map([["dan", 6]]) };
  expect(namesOf(resolve(ops, later))).not.toContain("fay");
  const built = add("ann", "hal", "member", [gone]);
  expect(namesOf(resolve([...ops, built], settled))).not.toContain("eve");
});

test("[RO20] of more than 500 the highest ranks are in, the others when there is room", () => {
  const [adds, flood] = [newcomers("ann", 300, "member"), newcomers("dan", 300, "admin")];
  const ops = [...adds, ...flood];
  const roster = rosterOf(...ops);
  expect(roster.members.size).toBe(MEMBERS_MAX);
  expect([...roster.voids.values()]).toHaveLength(ops.length + base.length - MEMBERS_MAX);
  expect(new Set([...roster.voids.values()].map(({ type }) => type))).toEqual(
    new Set(["GroupFull"]),
  );
  expect(namesOf(roster)).toEqual(expect.arrayContaining(["ann", "ben", "cat", "dan"]));
  // eve is a member of old: admins rank above her, but she above the members that came later.
  expect(namesOf(roster)).toContain("eve");
  const room = leave("ben", [flood[0]!]);
  expect(rosterOf(...ops, room).members.size).toBe(MEMBERS_MAX);
  const gone = remove("ann", "dan", [eve]);
  expect(rosterOf(...ops, gone).members.size).toBe(300 + base.length - 1);
});

/** Added beside each other. */
const newcomers = (by: string, count: number, given: "member" | "admin"): readonly RosterOp[] =>
  Array.from({ length: count }, (_, i) => add(by, `${by}'s ${i}`, given, [eve]));
