import { beforeAll, expect, test } from "vitest";

import { ready } from "../../../crypto/base/sodium.ts";
import type { RosterOp } from "../../../sync/roster/ops.ts";
import { opsForFormer, wasLetIn } from "../../../sync/roster/out.ts";
import { resolve } from "../../../sync/roster/resolve.ts";
import { add, create, leave, remove } from "./ops-of.ts";

beforeAll(() => ready);

const ann = create("ann");
const ben = add("ann", "ben", "admin", [ann]);
const cat = add("ben", "cat", "member", [ben]);
const base = [ann, ben, cat];

const told = (ops: readonly RosterOp[], account: string): readonly RosterOp[] =>
  opsForFormer(resolve([...base, ...ops]), account);

/** What an account comes to believe that holds what it wrote or was handed, and what it is told. */
const believes = (ops: readonly RosterOp[], held: readonly RosterOp[], account: string): boolean =>
  resolve(new Set([...told(ops, account), ...held])).members.has(account);

test("[GP12] who is out is told nothing that comes after their end", () => {
  const gone = remove("ann", "cat", [cat]);
  const since = add("ann", "dan", "member", [gone]);
  const beside = add("ben", "eve", "member", [cat]);
  const all = told([gone, since, beside], "cat");
  expect(all).not.toContain(since);
  expect(new Set(all)).toEqual(new Set([...base, gone, beside]));
});

test("[GP12] who was let in again by an op that does not count is told what made it void, and no more", () => {
  const gone = leave("cat", [cat]);
  const dan = add("ann", "dan", "member", [gone]);
  const back = add("ben", "cat", "member", [gone]);
  const ended = remove("ann", "ben", [dan]);
  const since = add("ann", "eve", "member", [ended]);
  const ops = [gone, dan, back, ended, since];
  expect(resolve([...base, gone, back]).members.has("cat")).toBe(true);
  expect(resolve([...base, ...ops]).members.has("cat")).toBe(false);
  expect(believes(ops, [back], "cat")).toBe(false);
  expect(told(ops, "cat")).not.toContain(since);
});

test("[GP12] who was let in by nothing but an op that does not count is told what made it void, and no more", () => {
  const dan = add("ben", "dan", "member", [cat]);
  const left = leave("ben", [cat]);
  const beside = add("ann", "fay", "member", [cat]);
  const since = add("ann", "eve", "member", [dan, left]);
  const ops = [dan, left, beside, since];
  expect(resolve([...base, dan]).members.has("dan")).toBe(true);
  expect(believes(ops, [dan], "dan")).toBe(false);
  expect(new Set(told(ops, "dan"))).toEqual(new Set([...base, dan, left]));
  const roster = resolve([...base, ...ops]);
  expect(["dan", "cat", "gus"].map((it) => wasLetIn(roster, it))).toEqual([true, true, false]);
});

test("[GP12] what an add rests on that is void is told as well", () => {
  const gone = leave("cat", [cat]);
  const dan = add("ben", "dan", "admin", [gone]);
  const back = add("dan", "cat", "member", [dan]);
  const ended = remove("ann", "ben", [gone]);
  const ops = [gone, dan, back, ended];
  expect(resolve([...base, gone, dan, back]).members.has("cat")).toBe(true);
  expect(believes(ops, [dan, back], "cat")).toBe(false);
});
