import { beforeAll, expect, test } from "vitest";

import { ready } from "../../../crypto/base/sodium.ts";
import { authOf, type Claim, judge, mayBeServed } from "../../../sync/roster/judge.ts";
import type { Action } from "../../../sync/roster/may.ts";
import type { RosterOp } from "../../../sync/roster/ops.ts";
import { resolve } from "../../../sync/roster/resolve.ts";
import { add, create, leave, remove, role } from "./ops-of.ts";

beforeAll(() => ready);

const ann = create("ann");
const ben = add("ann", "ben", "admin", [ann]);
const cat = add("ben", "cat", "member", [ben], { floor: 100 });
const base = [ann, ben, cat];

const verdictOf = (
  ops: readonly RosterOp[],
  claim: Omit<Claim, "auth"> & { readonly under: readonly RosterOp[] },
  action: Action = { type: "write" },
): string => {
  const auth = claim.under.map(({ id }) => id.slice(0, 32));
  const verdict = judge(resolve([...base, ...ops]), { ...claim, auth }, action);
  return verdict.ok ? "counts" : verdict.error.type;
};

test("[RO22] an entry that names no roster does not count, one that names an unknown one waits", () => {
  const by = { author: "cat", log: "cat", seq: 2 };
  expect(verdictOf([], { ...by, under: [cat] })).toBe("counts");
  expect(verdictOf([], { ...by, under: [] })).toBe("NoAuth");
  expect(verdictOf([], { ...by, under: [cat, create("other")] })).toBe("Waits");
});

test("[RO22] names four heads, those after the author's last op first", () => {
  const adds = Array.from({ length: 8 }, (_, i) => add("ben", `m${i}`, "member", [cat]));
  const roster = resolve([...base, ...adds]);
  for (const [i, { id }] of adds.entries()) {
    const auth = authOf(roster, `m${i}`);
    expect(auth).toHaveLength(4);
    expect(auth[0]).toBe(id.slice(0, 32));
    const claim = { author: `m${i}`, log: "new", seq: 1, auth };
    expect(judge(roster, claim, { type: "write" }).ok).toBe(true);
  }
  const deepest = adds
    .map(({ id }) => id.slice(0, 32))
    .toSorted()
    .slice(-4);
  expect(authOf(roster, "ann").toSorted()).toEqual(deepest);
});

test("[RO23] the author's role in that past decides", () => {
  const by = { author: "cat", log: "cat", seq: 2 };
  const raised = role("ann", "cat", "admin", [cat]);
  const pin: Action = { type: "pin" };
  expect(verdictOf([raised], { ...by, under: [cat] }, pin)).toBe("RoleTooLow");
  expect(verdictOf([raised], { ...by, under: [raised] }, pin)).toBe("counts");
  expect(verdictOf([], { ...by, under: [ben] })).toBe("NotMember");
  const left = leave("ann", [cat]);
  const gone = leave("ben", [left]);
  expect(verdictOf([left, gone], { ...by, under: [gone] }, pin)).toBe("counts");
});

test("[RO24] what comes after the cut of a removal does not count, whatever it names", () => {
  const gone = remove("ann", "cat", [cat], { cat: 9 });
  const at = (seq: number, under: readonly RosterOp[], log = "cat"): string =>
    verdictOf([gone], { author: "cat", log, seq, under });
  expect(at(9, [cat])).toBe("counts");
  expect(at(10, [cat])).toBe("Ended");
  expect(at(1, [cat], "another log of hers")).toBe("Ended");
  expect(at(10, [gone])).toBe("NotMember");
});

test("[RO24] of several removals the shortest cut holds, and a void one has none", () => {
  const cuts = [remove("ann", "cat", [cat], { cat: 9 }), remove("ben", "cat", [cat], { cat: 5 })];
  const by = { author: "cat", log: "cat", under: [cat] };
  expect(verdictOf(cuts, { ...by, seq: 5 })).toBe("counts");
  expect(verdictOf(cuts, { ...by, seq: 6 })).toBe("Ended");
  const andBen = remove("ann", "ben", [cat]);
  expect(verdictOf([...cuts, andBen], { ...by, seq: 6 })).toBe("counts");
});

test("[RO24] who comes back counts under the new add, and only so", () => {
  const gone = remove("ann", "cat", [cat], { cat: 9 });
  const back = add("ann", "cat", "member", [gone]);
  const by = { author: "cat", log: "cat", seq: 12 };
  expect(verdictOf([gone, back], { ...by, under: [back] })).toBe("counts");
  expect(verdictOf([gone, back], { ...by, under: [cat] })).toBe("Ended");
});

test("[RO24] who leaves ends their own log there, and other logs by the cut", () => {
  const left = leave("cat", [cat], { phone: 4 }, { log: "cat", seq: 7 });
  const by = { author: "cat", under: [cat] };
  expect(verdictOf([left], { ...by, log: "cat", seq: 6 })).toBe("counts");
  expect(verdictOf([left], { ...by, log: "cat", seq: 8 })).toBe("Ended");
  expect(verdictOf([left], { ...by, log: "phone", seq: 4 })).toBe("counts");
  expect(verdictOf([left], { ...by, log: "phone", seq: 5 })).toBe("Ended");
});

test("[RO24] behind the cut of a lower role its account may what that role may", () => {
  const lowered = role("ann", "ben", "member", [cat], { ben: 9 });
  const by = { author: "ben", log: "ben", under: [cat] };
  const pin: Action = { type: "pin" };
  expect(verdictOf([lowered], { ...by, seq: 9 }, pin)).toBe("counts");
  expect(verdictOf([lowered], { ...by, seq: 10 }, pin)).toBe("RoleTooLow");
  expect(verdictOf([lowered], { ...by, seq: 10 })).toBe("counts");
});

test("[RO25] a member is served history from their floor on, others nothing", () => {
  const roster = resolve(base);
  expect(mayBeServed(roster, "cat", 99)).toBe(false);
  expect(mayBeServed(roster, "cat", 100)).toBe(true);
  expect(mayBeServed(roster, "ann", 0)).toBe(true);
  expect(mayBeServed(roster, "zoe", 1_000)).toBe(false);
});
