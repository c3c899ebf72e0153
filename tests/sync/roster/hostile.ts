/**
 * Random graphs of ops as hostile members would write them: stale heads, unknown heads, acts that
 * nobody may, removals in circles, people who come back, logs with two ops of one number.
 */
import fc from "fast-check";

import type { RosterOp } from "../../../sync/roster/ops.ts";
import { add, create, leave, opOf, remove, role, type Where } from "./ops-of.ts";

export const ACCOUNTS = ["ann", "ben", "cat", "dan", "eve", "fay"] as const;
export const CREATOR: string = ACCOUNTS[0];
const ROLES = ["member", "admin", "owner"] as const;
/** How far back heads reach: mostly a little, sometimes to the beginning. */
const back = fc.oneof(
  { weight: 6, arbitrary: fc.nat(4) },
  { weight: 3, arbitrary: fc.nat(10) },
  { weight: 1, arbitrary: fc.nat(30) },
);

const raw = fc.record({
  // Those who may do more do more.
  author: fc.constantFrom(...ACCOUNTS, ...ACCOUNTS.slice(0, 4)),
  target: fc.constantFrom(...ACCOUNTS),
  type: fc.constantFrom("add", "add", "remove", "remove", "role", "role", "leave", "later"),
  role: fc.constantFrom(...ROLES),
  heads: fc.array(back, { minLength: 1, maxLength: 3, size: "max" }),
  isHeadUnknown: fc.integer({ min: 0, max: 39 }).map((it) => it === 0),
  seq: fc.oneof(
    { weight: 4, arbitrary: fc.integer({ min: 2, max: 40 }) },
    { weight: 6, arbitrary: fc.integer({ min: 41, max: 2 ** 32 - 1 }) },
  ),
  device: fc.nat(1),
});
type Raw = typeof raw extends fc.Arbitrary<infer Value> ? Value : never;

/** A group of five, four of whom decide, and then up to 24 ops of anybody. */
export const hostileGraphs: fc.Arbitrary<readonly RosterOp[]> = fc
  .array(raw, { minLength: 1, maxLength: 24, size: "max" })
  .map((raws) => {
    const ops = [create(CREATOR, { log: "ann 0", seq: 2 })];
    for (const [i, account] of ACCOUNTS.slice(1, 5).entries()) {
      const given = (["owner", "admin", "admin", "member"] as const)[i]!;
      ops.push(add(CREATOR, account, given, ops.slice(-1), { log: "ann 0", seq: 3 + i }));
    }
    for (const it of raws) {
      const op = opFrom(it, ops);
      if (ops.every(({ id }) => id !== op.id)) ops.push(op);
    }
    return ops;
  });

function opFrom(it: Raw, ops: readonly RosterOp[]): RosterOp {
  const { author, target } = it;
  const where: Where = { log: `${author} ${it.device}`, seq: it.seq };
  const after = it.heads.map((steps) => ops[Math.max(0, ops.length - 1 - steps)]!);
  if (it.isHeadUnknown) after.push(create("nobody"));
  const cut = { [`${target} 0`]: it.seq };
  switch (it.type) {
    case "add":
      return add(author, target, it.role, after, where);
    case "remove":
      return remove(author, target, after, cut, where);
    case "role":
      return role(author, target, it.role, after, cut, where);
    case "leave":
      return leave(author, after, {}, where);
    case "later":
      return opOf(author, { type: "unknown", kind: 31 }, after, where);
    default:
      throw new Error("one of these");
  }
}
