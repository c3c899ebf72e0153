import { expect, test } from "vitest";

import { graphOf, hasOp, isBefore, OPS_PER_ACCOUNT_MAX } from "../../../sync/roster/graph.ts";
import type { RosterOp } from "../../../sync/roster/ops.ts";
import { add, create, leave, remove } from "./ops-of.ts";

const ann = create("ann");
const ben = add("ann", "ben", "admin", [ann]);
const cat = add("ben", "cat", "member", [ben]);
const dan = add("ann", "dan", "member", [ben]);
const both = leave("cat", [cat, dan]);

const idsOf = (ops: readonly RosterOp[]): readonly string[] => ops.map(({ id }) => id);

test("[RO8] an op comes after what it names, and after all that comes before that", () => {
  const graph = graphOf([both, dan, cat, ben, ann]);
  const place = (op: RosterOp): number => graph.ops.indexOf(op);
  expect(place(both)).toBe(4);
  expect(graph.ops.map((_, i) => hasOp(graph.pasts[4]!, i))).toEqual([
    true,
    true,
    true,
    true,
    false,
  ]);
  expect(isBefore(graph, place(ben), place(cat))).toBe(true);
  expect(isBefore(graph, place(cat), place(dan))).toBe(false);
  expect(isBefore(graph, place(dan), place(cat))).toBe(false);
});

test("[RO8] an op waits until all that it names is here, and says what is missing", () => {
  const graph = graphOf([ann, ben, both, dan]);
  expect(idsOf(graph.ops)).toEqual(idsOf([ann, ben, dan]));
  expect(idsOf(graph.waiting)).toEqual([both.id]);
  expect(graph.missing).toEqual([cat.id]);
  const later = leave("dan", [both]);
  const stillWaiting = graphOf([ann, ben, dan, both, later]);
  expect(idsOf(stillWaiting.waiting)).toEqual([both.id, later.id].toSorted());
  expect(stillWaiting.missing).toEqual([cat.id]);
});

test("[RO9] the order is by the longest way from the create, then by id", () => {
  const short = leave("ben", [ann, cat]);
  const [first, second] = idsOf([cat, dan]).toSorted();
  const orders = [
    [ann, ben, cat, dan, short],
    [short, dan, cat, ben, ann],
  ].map((ops) => idsOf(graphOf(ops).ops));
  expect(orders[0]).toEqual([ann.id, ben.id, first, second, short.id]);
  expect(orders[1]).toEqual(orders[0]);
});

test("[RO10] beyond 4,096 ops of one account those that nobody built upon are left out", () => {
  const flood = Array.from({ length: OPS_PER_ACCOUNT_MAX + 5 }, (_, i) =>
    remove("ben", `m${i}`, [ben]),
  ).toSorted((a, b) => (a.id < b.id ? -1 : 1));
  const last = flood.at(-1)!;
  const others = [cat, leave("cat", [cat])];
  const graph = graphOf([ann, ben, ...others, ...flood]);
  // ben's own add of cat comes first or last among its likes, but cat built upon it.
  expect(graph.excess).toHaveLength(5);
  expect(idsOf(graph.excess)).toEqual(idsOf(flood.slice(-5)));
  expect(idsOf(graph.ops)).toEqual(expect.arrayContaining([...idsOf(others)]));
  const built = leave("cat", [cat, last]);
  expect(idsOf(graphOf([ann, ben, cat, built, ...flood]).ops)).toContain(last.id);
});
