import { beforeAll, expect, test } from "vitest";

import { fromHex, toHex } from "../../../crypto/base/hex.ts";
import { ready } from "../../../crypto/base/sodium.ts";
import { authOf } from "../../../sync/roster/judge.ts";
import type { RosterOp } from "../../../sync/roster/ops.ts";
import { resolve } from "../../../sync/roster/resolve.ts";
import type { Judge } from "../../../sync/thread/judge.ts";
import { rosterJudge } from "../../../sync/thread/roster-judge.ts";
import type { Act } from "../../../sync/thread/said.ts";
import { add, create, remove } from "../roster/ops-of.ts";
import { ada, bea, cy, message, type Speaker } from "./talk.ts";

beforeAll(() => ready);

/** Ada made the group, Bea is an admin, Cy a member. */
function group(): readonly RosterOp[] {
  const made = create(ada.account);
  const admin = add(ada.account, bea.account, "admin", [made]);
  return [made, admin, add(ada.account, cy.account, "member", [admin])];
}

/** An act of `who` under what these ops make of the group. */
function act(who: Speaker, seq: number, ops: readonly RosterOp[]): Act {
  const auth = authOf(resolve(ops), who.account).map((it) => {
    const bytes = fromHex(it);
    if (!bytes.ok) throw new Error("names of ops are hex");
    return bytes.value;
  });
  return { ...message(who, seq), auth };
}

const answers = (judge: Judge, it: Act, author: Speaker): readonly boolean[] => [
  judge.accepts(it),
  judge.deletes(it, author.account),
  judge.pins(it),
  judge.describes(it),
];

test("[MO5] in a group admins pin, describe and delete what those below them wrote", () => {
  const ops = group();
  const judge = rosterJudge(resolve(ops));
  expect(answers(judge, act(ada, 5, ops), bea)).toEqual([true, true, true, true]);
  expect(answers(judge, act(bea, 5, ops), cy)).toEqual([true, true, true, true]);
  expect(answers(judge, act(bea, 5, ops), ada)).toEqual([true, false, true, true]);
  expect(answers(judge, act(cy, 5, ops), bea)).toEqual([true, false, false, false]);
});

test("[MO5] who names no roster, or one that is not here, is not heard", () => {
  const ops = group();
  const judge = rosterJudge(resolve(ops.slice(0, 1)));
  expect(answers(judge, { ...act(ada, 5, ops), auth: [] }, ada)).toEqual([
    false,
    false,
    false,
    false,
  ]);
  expect(judge.accepts(act(bea, 5, ops))).toBe(false);
});

test("[MO17] a removal cuts off what was said after it, and leaves what was said before", () => {
  const ops = group();
  const [before, after] = [act(cy, 5, ops), act(cy, 9, ops)];
  const gone = remove(ada.account, cy.account, ops.slice(-1), { [toHex(cy.log)]: 7 });
  const [then, now] = [rosterJudge(resolve(ops)), rosterJudge(resolve([...ops, gone]))];
  expect([then.accepts(before), then.accepts(after)]).toEqual([true, true]);
  expect([now.accepts(before), now.accepts(after)]).toEqual([true, false]);
});
