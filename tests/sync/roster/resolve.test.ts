import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";

import { ready } from "../../../crypto/base/sodium.ts";
import { HEADS_MAX } from "../../../sync/roster/ops.ts";
import { resolve, rosterDigestOf, rosterMemory } from "../../../sync/roster/resolve.ts";
import { NO_EVIDENCE } from "../../../sync/roster/trial.ts";
import { hostileGraphs } from "./hostile.ts";
import { add, create, leave, remove } from "./ops-of.ts";
import { checkAll } from "./properties.ts";

beforeAll(() => ready);

const ann = create("ann");
const ben = add("ann", "ben", "admin", [ann]);

test("[RO21] [RO26] [RO27] [RO28] hostile graphs answer alike in any order, and keep what the rules promise", () => {
  fc.assert(
    fc.property(shuffledGraphs, ([ops, shuffled]) => void checkAll(ops, shuffled)),
    { numRuns: 300 },
  );
});

const shuffledGraphs = hostileGraphs.chain((ops) =>
  fc.tuple(fc.constant(ops), fc.shuffledSubarray([...ops], { minLength: ops.length })),
);

test("[RO21] the digest names ops and evidence, and no order", () => {
  const digest = rosterDigestOf([ann, ben], NO_EVIDENCE);
  expect(digest).toMatch(/^[0-9a-f]{32}$/u);
  expect(rosterDigestOf([ben, ann], NO_EVIDENCE)).toBe(digest);
  const forked = { ...NO_EVIDENCE, forkedAt: new Map([["a", 1]]) };
  const closed = { ...NO_EVIDENCE, closedAfter: new Map([["a", 1]]) };
  const settled = { ...NO_EVIDENCE, settledFrom: new Map([["a", 1]]) };
  const beside = { ...NO_EVIDENCE, beside: new Set(["a"]) };
  const others = [
    rosterDigestOf([ann, ben], settled),
    rosterDigestOf([ann, ben], beside),
    rosterDigestOf([ann], NO_EVIDENCE),
    rosterDigestOf([ann, ben], forked),
    rosterDigestOf([ann, ben], closed),
  ];
  expect(new Set([digest, ...others]).size).toBe(6);
});

test("[RO21] a memory answers again what it answered, and forgets the oldest", () => {
  const remember = rosterMemory(2);
  const ask = (...ops: readonly (typeof ann)[]): unknown => remember(ops, NO_EVIDENCE);
  const first = ask(ann);
  const second = ask(ann, ben);
  expect(ask(ann)).toBe(first);
  ask(ben);
  expect(ask(ann)).toBe(first);
  expect(ask(ann, ben)).toEqual(second);
  expect(ask(ann, ben)).not.toBe(second);
});

test("[RO21] heads are what counts and has nothing that counts after it", () => {
  const cat = add("ann", "cat", "member", [ben]);
  const dan = add("ben", "dan", "member", [ben]);
  const refused = remove("cat", "ann", [cat, dan]);
  const roster = resolve([ann, ben, cat, dan, refused]);
  expect(roster.heads).toEqual([cat.id, dan.id].toSorted());
});

test("[RO21] of more than 64 heads the last in the order are named", () => {
  const adds = Array.from({ length: HEADS_MAX + 10 }, (_, i) =>
    add("ben", `m${i}`, "member", [ben]),
  );
  const deep = leave("m3", [adds[3]!]);
  const roster = resolve([ann, ben, ...adds, deep]);
  expect(roster.heads).toHaveLength(HEADS_MAX);
  expect(roster.heads).toEqual(roster.heads.toSorted());
  expect(roster.heads).toContain(deep.id);
  const last = adds
    .map(({ id }) => id)
    .toSorted()
    .slice(-(HEADS_MAX - 1));
  expect(roster.heads).toEqual(expect.arrayContaining(last.filter((id) => id !== adds[3]!.id)));
});

test("[RO21] a flood that was voided hides no head that counts", () => {
  const flood = Array.from({ length: 500 }, (_, i) => add("ben", `m${i}`, "member", [ben]));
  const gone = remove("ann", "ben", [ben]);
  const { heads } = resolve([ann, ben, gone, ...flood]);
  expect(heads).toHaveLength(HEADS_MAX);
  expect(heads).toContain(gone.id);
});

test("[RO21] tells who came by whom, and who is gone by what", () => {
  const cat = add("ben", "cat", "member", [ben], { floor: 7 });
  const gone = remove("ann", "ben", [cat]);
  const roster = resolve([gone, cat, ben, ann]);
  expect(roster.founded).toEqual({ name: "Hut", policy: "all" });
  expect(roster.members.get("cat")).toMatchObject({ by: "ben", op: cat.id, floor: 7 });
  expect([...roster.former]).toEqual([["ben", { op: gone.id, by: "ann" }]]);
  expect(resolve([]).founded).toBeNull();
});
